/** Structured logging: a constant message plus fields, one event per line. */

export { type CollectingLogger, collectingLogger } from "./collecting.ts";
export {
  createLogger,
  LOG_LEVELS,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type LogRecord,
} from "./logger.ts";
export { silentLogger } from "./silent.ts";
export { forwardingLogger, type PlainRecord } from "./forwarding.ts";
