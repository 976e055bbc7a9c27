/** Runs seeds one after the other, each on a copy of the same database. */
import { makePopulation } from "./population.ts";
import { type RunResult, runSeed } from "./run_seed.ts";

/** In memory, where a system has it: what is simulated is not the speed of the disk. */
const MEMORY_FOLDER = "/dev/shm";
const DATABASE_FILES = ["", "-wal", "-shm"];

export class SeedRunner implements Disposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<SeedRunner> {
    const runner = new SeedRunner(makeFolder());
    await makePopulation(runner.#template);
    return runner;
  }

  async run(seed: number, trace?: (line: string) => void): Promise<RunResult> {
    const databasePath = `${this.#folder}/${seed}.db`;
    Deno.copyFileSync(this.#template, databasePath);
    try {
      return await runSeed({ seed, databasePath, trace });
    } finally {
      for (const end of DATABASE_FILES) removeIfThere(databasePath + end);
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }

  get #template(): string {
    return `${this.#folder}/population.db`;
  }
}

function makeFolder(): string {
  try {
    return Deno.makeTempDirSync({ dir: MEMORY_FOLDER, prefix: "sim" });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Deno.makeTempDirSync({ prefix: "sim" });
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
