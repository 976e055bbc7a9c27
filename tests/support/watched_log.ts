import { systemClock } from "../../shared/clock.ts";
import { createLogger, type Logger, type LogLevel } from "../../shared/log/mod.ts";
import { withDeadline } from "./scripted_link.ts";

/** A log for tests that have to wait until a server has done something of which nobody is told. */
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
      await withDeadline(`the log line "${message}"`, (resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #add(message: string): void {
    this.#counts.set(message, this.countOf(message) + 1);
    this.#changed();
  }
}
