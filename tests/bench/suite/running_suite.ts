/** The suite under test, however it was started. */
import type { Address } from "../../../shared/netlib/mod.ts";

/** A process whose CPU time and memory are looked at. */
export interface WatchedProcess {
  /** A role, `suite`, `mariadbd` or `redis`. */
  readonly name: string;
  readonly pid: number;
  /** `engine`: a database that is somebody else's program. */
  readonly kind: "server" | "engine";
}

export interface RunningSuite extends AsyncDisposable {
  /** Where clients ask for a msg_server. */
  readonly lookup: Address;
  /** Empty for a suite that was not started by us. */
  readonly processes: readonly WatchedProcess[];
}

/** A suite that runs already. Its users and its rate limit are up to whoever started it. */
export function attachSuite(url: string): RunningSuite {
  const { hostname, port } = new URL(url);
  return {
    lookup: { host: hostname, port: Number(port || "80") },
    processes: [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
