import { systemClock } from "../clock.ts";
import { createLogger, type Logger, type LogLevel } from "../log/mod.ts";
import { withinMs } from "../within.ts";

/** Only a test that fails waits so long. */
const LIMIT_MS = 10_000;

/** A log for tests that have to wait until something was done of which nobody is told. */
export class WatchedLog {
  readonly logger: Logger;
  /** Everything that was logged, as JSON. */
  readonly lines: string[] = [];
  readonly #counts = new Map<string, number>();
  #changed: () => void = () => {};

  constructor(level: LogLevel = "debug") {
    this.logger = createLogger({
      level,
      format: "json",
      clock: systemClock,
      sink: (line) => {
        this.lines.push(line);
        this.#add(JSON.parse(line).message);
      },
    });
  }

  /** How often the message was logged so far. */
  countOf(message: string): number {
    return this.#counts.get(message) ?? 0;
  }

  /** Waits until the message has been logged `count` times. */
  async logged(message: string, count: number): Promise<void> {
    while (this.countOf(message) < count) {
      const changed = new Promise<void>((resolve) => this.#changed = resolve);
      if (await withinMs(systemClock, LIMIT_MS, changed)) continue;
      throw new Error(`Waited in vain for the log line "${message}"`);
    }
  }

  #add(message: string): void {
    this.#counts.set(message, this.countOf(message) + 1);
    this.#changed();
  }
}
