/**
 * A server process that is killed, stopped and started again. It has the same command, ports and data
 * each time. When it ends without having been told to, that is recorded.
 */
import { withinMs } from "../../../shared/within.ts";
import { systemClock } from "../../../shared/clock.ts";
import { ProcessLog } from "./process_log.ts";

const START_LIMIT_MS = 30_000;
/** Servers promise to end within 5 s. */
const END_LIMIT_MS = 10_000;

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A line of its output says that it is ready, or it has to be asked again and again. */
  readonly ready: RegExp | (() => Promise<boolean>);
}

export class ManagedProcess implements AsyncDisposable {
  readonly name: string;
  readonly log = new ProcessLog();
  /** Codes of ends that nobody had asked for. */
  readonly crashes: string[] = [];
  /** Called when connections to it are refused or possible again. */
  onUp: (isUp: boolean) => void = () => {};
  /** It has ended by itself and was not started since. */
  hasCrashed = false;
  /** `performance.now()` of the last moment at which it became ready. */
  readyAtMs = 0;
  readonly #spec: ProcessSpec;
  /** The end of the last of those who want it for themselves. */
  #turn: Promise<unknown> = Promise.resolve();
  #process: Deno.ChildProcess | null = null;
  #isPaused = false;

  constructor(spec: ProcessSpec) {
    this.name = spec.name;
    this.#spec = spec;
  }

  /** `null` while it does not run. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Resolves when it is ready. @throws {Error} with its output when it does not get there */
  async start(): Promise<void> {
    const { command, args, env = {}, cwd, ready } = this.#spec;
    const process = new Deno.Command(command, {
      args: [...args],
      env: { NO_COLOR: "1", ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#process = process;
    this.hasCrashed = false;
    let wasReady = false;
    const isReady = Promise.withResolvers<void>();
    const read = Promise.all(
      [process.stdout, process.stderr].map((stream) =>
        this.log.read(stream, (line) => {
          if (ready instanceof RegExp && ready.test(line)) isReady.resolve();
        })
      ),
    );
    void process.status.then(async ({ code, signal }) => {
      await read;
      if (this.#process === process) {
        this.#process = null;
        // A start that fails is told to whoever started it.
        if (wasReady) this.crashes.push(signal ?? `code ${code}`);
        this.hasCrashed = wasReady;
        this.onUp(false);
      }
      isReady.reject(new Error(`${this.name} ended: ${this.log.tail(10).join("\n")}`));
    });
    isReady.promise.catch(() => {});
    if (!(ready instanceof RegExp)) void this.#poll(ready, isReady.resolve);
    if (!await withinMs(systemClock, START_LIMIT_MS, isReady.promise)) {
      throw new Error(`${this.name} is not ready: ${this.log.tail(10).join("\n")}`);
    }
    wasReady = true;
    this.readyAtMs = performance.now();
    this.log.note("is ready");
    this.onUp(true);
  }

  /** Runs what ends and starts this process when nobody else does that, in the order of calls. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(run);
    this.#turn = mine.catch(() => {/* Told to its caller. */});
    return mine;
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to end, and kills it when it does not. Tells whether it ended by itself. */
  async terminate(): Promise<boolean> {
    const process = this.#process;
    if (process === null) return true;
    this.resume();
    const ending = this.#end("SIGTERM");
    if (await withinMs(systemClock, END_LIMIT_MS, ending)) return true;
    signal(process, "SIGKILL");
    await ending;
    return false;
  }

  pause(): void {
    if (this.#process === null) return;
    this.#isPaused = true;
    this.log.note("SIGSTOP");
    signal(this.#process, "SIGSTOP");
  }

  resume(): void {
    if (!this.#isPaused || this.#process === null) return;
    this.#isPaused = false;
    this.log.note("SIGCONT");
    signal(this.#process, "SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(name: "SIGKILL" | "SIGTERM"): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    this.#process = null;
    this.#isPaused = false;
    this.log.note(name);
    if (name === "SIGKILL") this.onUp(false);
    signal(process, name);
    await process.status;
    this.onUp(false);
  }

  async #poll(isReady: () => Promise<boolean>, done: () => void): Promise<void> {
    const process = this.#process;
    while (this.#process === process && process !== null) {
      if (await isReady()) return done();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function signal(process: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    process.kill(name);
  } catch {
    // It has ended by itself.
  }
}
