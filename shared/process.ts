/**
 * The frame of every `main.ts`: build the dependencies, start, wait for a stop signal, stop, exit.
 *
 * A start that cannot succeed (bad configuration or certificate, port in use, storage not usable)
 * ends with one clear line and exit code 1. When it has succeeded one line says `ready` with the
 * time since the process began. SIGHUP has certificates read again. SIGTERM and SIGINT stop
 * gracefully and exit with 0; another signal more than a second later exits at once. This is the
 * only place besides `main.ts` files that touches the process.
 */
import { systemClock } from "./clock.ts";
import { ConfigError, type ConfigSource, denoSource } from "./config/mod.ts";
import { createLogger, LOG_LEVELS, type Logger } from "./log/mod.ts";
import {
  CertificateError,
  ListenError,
  SuiteNetwork,
  TcpNetwork,
  TlsContexts,
} from "./netlib/mod.ts";
import { DenoRuntime, QuietCollection } from "./quiet_collection.ts";
import { systemRandom } from "./random.ts";
import { type RoleDeps, STOP_LIMIT_MS } from "./role.ts";
import { StorageError } from "./storage/types.ts";
import { withCauses } from "./with_causes.ts";

/**
 * A signal that comes again within this time is the same one: at a terminal it reaches this process
 * directly and a second time through the command that started it.
 */
const REPEATED_SIGNAL_MS = 1000;
/** Added to the stop limit before a process that does not get done is ended. */
const EXIT_MARGIN_MS = 1000;

export interface ProcessContext {
  readonly source: ConfigSource;
  readonly deps: RoleDeps;
  /** Logical processors of the machine. */
  readonly cores: number;
  /** Ends the process after a bug that leaves it in no state to go on; it is started again clean. */
  readonly onFatal: (error: Error) => never;
}

export interface Stoppable {
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** Named in log lines and errors, for example `msg_server`. */
  readonly name: string;
  /** "suite" keeps links between roles of this process in memory; default: TCP only. */
  readonly network?: "tcp" | "suite";
  /** A role takes `--conf` and nothing else; "own" leaves the command line to `start`. */
  readonly commandLine?: "conf" | "own";
}

/** Runs a server process to its end; never returns normally. */
export async function runProcess(
  options: ProcessOptions,
  start: (context: ProcessContext) => Promise<Stoppable>,
): Promise<never> {
  try {
    if (options.commandLine !== "own") refuseOtherOptions(Deno.args);
    const log = processLogger(options.name);
    const signal = nextStopSignal();
    const contexts = new TlsContexts(systemClock, log);
    const running = await start({
      source: denoSource(),
      deps: {
        network: options.network === "suite"
          ? new SuiteNetwork(systemClock, { contexts, log })
          : new TcpNetwork(systemClock, { contexts, log }),
        clock: systemClock,
        random: systemRandom,
        log,
      },
      cores: navigator.hardwareConcurrency,
      onFatal: (error) => {
        log.error("fatal", { error });
        Deno.exit(1);
      },
    });
    // Without TLS the signal keeps its meaning: a terminal that is closed ends its processes.
    if (contexts.isUsed) Deno.addSignalListener("SIGHUP", () => contexts.reload());
    new QuietCollection(systemClock, new DenoRuntime());
    writeLine(Deno.stdout, `ready in ${(performance.now() / 1000).toFixed(2)} s`);
    const name = await signal;
    log.info("stopping", { signal: name });
    const overdue = systemClock.after(STOP_LIMIT_MS + EXIT_MARGIN_MS, () => {
      log.error("not stopped in time", { limitMs: STOP_LIMIT_MS + EXIT_MARGIN_MS });
      Deno.exit(1);
    });
    await running.stop();
    overdue.cancel();
    log.info("stopped");
    Deno.exit(0);
  } catch (error) {
    if (!isStartProblem(error)) throw error;
    const text = error instanceof ListenError || error instanceof CertificateError
      ? error.message
      : withCauses(error);
    writeLine(Deno.stderr, `${options.name}: ${text}`);
    Deno.exit(1);
  }
}

/** Logs to standard output; `TEAMTALK_LOG_LEVEL` and `TEAMTALK_LOG_FORMAT` (text, json) choose. */
export function processLogger(name: string): Logger {
  return createLogger({
    level: environmentChoice("TEAMTALK_LOG_LEVEL", LOG_LEVELS, "info"),
    format: environmentChoice("TEAMTALK_LOG_FORMAT", ["text", "json"], "text"),
    sink: (line) => writeLine(Deno.stdout, line),
    clock: systemClock,
  }).child({ role: name });
}

/** @throws {ConfigError} for a value that is not one of `allowed` */
function environmentChoice<const T extends string>(
  name: string,
  allowed: readonly T[],
  otherwise: T,
): T {
  const value = Deno.env.get(name) ?? otherwise;
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw new ConfigError([`${name}="${value}" is not allowed; allowed: ${allowed.join(", ")}`]);
  }
  return found;
}

/** @throws {ConfigError} for anything on the command line but `--conf` */
function refuseOtherOptions(args: readonly string[]): void {
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--conf") i++;
    else if (!args[i]!.startsWith("--conf=")) {
      throw new ConfigError([`Unknown option '${args[i]}'. Allowed: --conf FILE or --conf DIR`]);
    }
  }
}

function isStartProblem(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof ListenError ||
    error instanceof CertificateError || error instanceof StorageError;
}

function nextStopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let askedAtMs: number | null = null;
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      Deno.addSignalListener(name, () => {
        if (askedAtMs === null) {
          askedAtMs = performance.now();
          resolve(name);
        } else if (performance.now() - askedAtMs > REPEATED_SIGNAL_MS) {
          Deno.exit(1);
        }
      });
    }
  });
}

function writeLine(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  const bytes = new TextEncoder().encode(line + "\n");
  let written = 0;
  try {
    while (written < bytes.length) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    // Whoever read our output has gone; that is no reason to stop serving.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
