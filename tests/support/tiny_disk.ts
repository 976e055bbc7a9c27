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
  const isMounted = await run("mount", ["-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", dir]);
  if (!isMounted) {
    await Deno.remove(dir);
    return null;
  }
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await run("umount", [dir]);
      await Deno.remove(dir);
    },
  };
}
