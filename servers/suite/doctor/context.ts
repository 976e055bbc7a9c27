/** What the doctor needs from outside, and what its checks share. */
import type { Clock } from "../../../shared/clock.ts";
import type { ConfigSource } from "../../../shared/config/mod.ts";
import type { Network } from "../../../shared/netlib/mod.ts";
import type { Machine } from "./machine.ts";
import type { Report } from "./report.ts";

export interface DoctorContext {
  readonly source: ConfigSource;
  readonly network: Network;
  readonly fetch: (url: string, init: { signal: AbortSignal }) => Promise<Response>;
  readonly clock: Clock;
  readonly machine: Machine;
  /** Takes one line of output. */
  readonly print: (line: string) => void;
}

export interface CheckDeps extends Omit<DoctorContext, "source" | "print"> {
  readonly report: Report;
}

/** The wait for any one answer. */
export const CHECK_LIMIT_MS = 5000;
