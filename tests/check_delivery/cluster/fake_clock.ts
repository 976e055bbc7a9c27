/**
 * A wall clock per process that can be set, by libfaketime (Debian: libfaketime). Timers go on as
 * they are: only what asks what time it is notices, as when somebody sets the clock of a machine.
 */

const LIBRARIES: readonly string[] = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib64/faketime/libfaketime.so.1",
  "/usr/lib/faketime/libfaketime.so.1",
];

export class FakeClock {
  /** Environment of the process whose clock it is. */
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(library: string, file: string) {
    this.#file = file;
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** `null` where libfaketime is not installed. */
  static async make(file: string): Promise<FakeClock | null> {
    for (const library of LIBRARIES) {
      if (!await exists(library)) continue;
      const clock = new FakeClock(library, file);
      await clock.set(0);
      return clock;
    }
    return null;
  }

  /** Wrong by so many seconds from now on. */
  async set(offsetSec: number): Promise<void> {
    // By a rename, as the process may be reading it.
    const next = `${this.#file}.next`;
    await Deno.writeTextFile(next, `${offsetSec < 0 ? "" : "+"}${offsetSec}\n`);
    await Deno.rename(next, this.#file);
  }
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
