import { type Logger, type LogLevel, type LogRecord, recordLogger } from "./logger.ts";

export interface CollectingLogger extends Logger {
  /** Everything logged so far, by children too, with the children's fields merged in. */
  readonly records: readonly LogRecord[];
}

/** For tests that assert what was logged. Its clock stands at 0 unless one is given. */
export function collectingLogger(
  { level = "debug", clock = { nowMs: () => 0 } }: {
    readonly level?: LogLevel;
    readonly clock?: { nowMs(): number };
  } = {},
): CollectingLogger {
  const records: LogRecord[] = [];
  const logger = recordLogger({ level, emit: (record) => void records.push(record), clock });
  return Object.assign(logger, { records });
}
