import { type Logger, type LogLevel, type LogRecord, recordLogger } from "./logger.ts";
import { type Plain, plain } from "./plain.ts";

/** A record whose fields are plain data, so that it can cross to another thread. */
export interface PlainRecord extends LogRecord {
  readonly fields: Readonly<Record<string, Plain>>;
}

/** Hands every event over as plain data: for a worker, whose thread has no output of its own. */
export function forwardingLogger({ level, clock, forward }: {
  readonly level: LogLevel;
  readonly clock: { nowMs(): number };
  readonly forward: (record: PlainRecord) => void;
}): Logger {
  return recordLogger({
    level,
    clock,
    emit: (record) => {
      const fields = Object.entries(record.fields).map(([key, value]) => [key, plain(value)]);
      forward({ ...record, fields: Object.fromEntries(fields) });
    },
  });
}
