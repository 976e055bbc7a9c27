import { jsonLine, textLine } from "./format.ts";

/** From the least to the most important; also the words of a `LogLevel` configuration key. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/**
 * `error`: a person must act. `warn`: abnormal, handled. `info`: life-cycle. `debug`: per command.
 */
export type LogLevel = typeof LOG_LEVELS[number];

/**
 * What a line says besides its constant message. Numbers, texts, booleans, errors and small plain
 * objects; `undefined` leaves the field out. Never message text, passwords, tokens or device ids.
 */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose every line also has `fields`; the line's own fields win. */
  child(fields: LogFields): Logger;
  /** Asks before building fields that cost something. */
  enabled(level: LogLevel): boolean;
}

/** One event, before it becomes a line. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `text` for a person (default), `json` for a collector. */
  readonly format?: "text" | "json";
  /** Gets each line without a line end; main.ts passes `console.log`. */
  readonly sink: (line: string) => void;
  readonly clock: { nowMs(): number };
}

export function createLogger({ level, format = "text", sink, clock }: LoggerOptions): Logger {
  const render = format === "json" ? jsonLine : textLine;
  return recordLogger({ level, emit: (record) => sink(render(record)), clock });
}

export interface RecordLoggerOptions {
  readonly level: LogLevel;
  readonly emit: (record: LogRecord) => void;
  readonly clock: { nowMs(): number };
}

/** A logger that hands over records instead of lines; `createLogger` is made of it. */
export function recordLogger(options: RecordLoggerOptions): Logger {
  return new RecordLogger(options, {});
}

class RecordLogger implements Logger {
  readonly #options: RecordLoggerOptions;
  readonly #fields: LogFields;
  readonly #threshold: number;

  constructor(options: RecordLoggerOptions, fields: LogFields) {
    this.#options = options;
    this.#fields = fields;
    this.#threshold = LOG_LEVELS.indexOf(options.level);
  }

  // A disabled level costs one comparison of numbers: these run for each command.
  debug(message: string, fields?: LogFields): void {
    if (this.#threshold <= 0) this.#emit("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    if (this.#threshold <= 1) this.#emit("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.#threshold <= 2) this.#emit("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#emit("error", message, fields);
  }

  child(fields: LogFields): Logger {
    return new RecordLogger(this.#options, { ...this.#fields, ...fields });
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#threshold;
  }

  #emit(level: LogLevel, message: string, fields: LogFields | undefined): void {
    const { emit, clock } = this.#options;
    const all = fields === undefined ? this.#fields : { ...this.#fields, ...fields };
    emit({ timeMs: clock.nowMs(), level, message, fields: all });
  }
}
