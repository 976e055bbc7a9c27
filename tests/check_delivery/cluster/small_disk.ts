/** A folder on a disk of its own, which can be filled and emptied. Needs the right to mount. */
import { join } from "node:path";
import { mountTinyDiskAt } from "../../support/tiny_disk.ts";

const BALLAST = "ballast";
const CHUNK = new Uint8Array(64 * 1024);

export class SmallDisk implements AsyncDisposable {
  readonly #dir: string;
  readonly #mount: AsyncDisposable;

  private constructor(dir: string, mount: AsyncDisposable) {
    this.#dir = dir;
    this.#mount = mount;
  }

  /** @returns `null` where this user may not mount */
  static async mount(kib: number, dir: string): Promise<SmallDisk | null> {
    const mount = await mountTinyDiskAt(dir, kib);
    return mount === null ? null : new SmallDisk(dir, mount);
  }

  /** From now on there is no room on it. */
  async fill(): Promise<void> {
    using file = await Deno.open(join(this.#dir, BALLAST), { create: true, append: true });
    for (let chunk = CHUNK; chunk.length > 0;) {
      try {
        await file.write(chunk);
      } catch {
        chunk = chunk.subarray(0, Math.floor(chunk.length / 2));
      }
    }
  }

  async empty(): Promise<void> {
    await Deno.remove(join(this.#dir, BALLAST)).catch(() => {/* It was not full. */});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mount[Symbol.asyncDispose]();
  }
}
