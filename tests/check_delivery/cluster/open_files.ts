/** Takes from a process the right to open files and connections, with prlimit (Linux). */

/** It has more than that: what it has it keeps. */
const NONE_LEFT = "8";

/** What that gives lets it again. A process that has ended meanwhile, or does not run, is left alone. */
export async function limitFiles(pid: number | null): Promise<() => Promise<void>> {
  const before = pid === null ? null : await softLimit(pid);
  if (before === null) return () => Promise.resolve();
  await prlimit(pid!, [`--nofile=${NONE_LEFT}:`]);
  return async () => {
    if (await softLimit(pid!) === NONE_LEFT) await prlimit(pid!, [`--nofile=${before}:`]);
  };
}

async function softLimit(pid: number): Promise<string | null> {
  const said = await prlimit(pid, ["--nofile", "--noheadings", "--output=SOFT"]);
  return said === "" ? null : said;
}

async function prlimit(pid: number, args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("prlimit", {
    args: [`--pid=${pid}`, ...args],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}
