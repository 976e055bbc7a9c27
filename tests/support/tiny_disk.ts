/** A file system of a few hundred KiB, for tests that fill it. Needs the right to mount. */

export interface TinyDisk extends AsyncDisposable {
  readonly dir: string;
}

async function run(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // There is no such command here.
  }
}

/** `null` where this user may not mount. */
export async function mountTinyDisk(kib: number): Promise<TinyDisk | null> {
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_disk_" });
  const mount = await mountTinyDiskAt(dir, kib);
  if (mount === null) {
    await Deno.remove(dir);
    return null;
  }
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await mount[Symbol.asyncDispose]();
      await Deno.remove(dir);
    },
  };
}

/** Over a folder that exists, until disposed of. `null` where this user may not mount. */
export async function mountTinyDiskAt(dir: string, kib: number): Promise<AsyncDisposable | null> {
  if (!await run("mount", ["-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", dir])) return null;
  return {
    async [Symbol.asyncDispose]() {
      // Lazily, as a process that was killed a moment ago may still hold a file.
      await run("umount", ["-l", dir]);
    },
  };
}
