/** Counts stored files, only to spread them over directories (docs/spec/storage.md 9). */

/** Second-level directories in one of the first level. */
const DIRS_PER_DIR = 255;

export class FileCounter {
  readonly #filesPerDir: number;
  #count: number;

  /** @param count files there are already, as far as is known */
  constructor(count: number, filesPerDir: number) {
    this.#count = count;
    this.#filesPerDir = filesPerDir;
  }

  get count(): number {
    return this.#count;
  }

  /** The directory for one more file, `000/000` for the first. */
  next(): string {
    return directoryAt(Math.floor(this.#count++ / this.#filesPerDir));
  }
}

/** The directory that is filled as number `index`, from 0. */
export function directoryAt(index: number): string {
  const first = String(Math.floor(index / DIRS_PER_DIR)).padStart(3, "0");
  return `${first}/${String(index % DIRS_PER_DIR).padStart(3, "0")}`;
}
