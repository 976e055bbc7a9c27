/** Messages between the network thread and a task worker. */
import type { LogLevel } from "../../../shared/log/mod.ts";
import type { DbProxyConfig } from "../config.ts";

export type ToWorker =
  | {
    readonly type: "start";
    readonly config: DbProxyConfig;
    readonly logLevel: LogLevel;
    /** Memory of {@link DbServices.stored}, the same for every worker. */
    readonly storedMemory: SharedArrayBuffer;
  }
  /** Packed frames, transferred. */
  | { readonly type: "tasks"; readonly packed: Uint8Array<ArrayBuffer> }
  /** Answer `drained` when everything handed over so far is done. */
  | { readonly type: "drain" }
  | { readonly type: "close" };

export type FromWorker =
  | { readonly type: "started" }
  | { readonly type: "refused"; readonly message: string }
  /**
   * Since the last such message `taken` batches were begun and `done` tasks ended; `packed` holds
   * answers, if any.
   */
  | {
    readonly type: "progress";
    readonly taken: number;
    readonly done: number;
    readonly packed: Uint8Array<ArrayBuffer> | null;
  }
  | {
    readonly type: "log";
    readonly level: LogLevel;
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }
  | { readonly type: "drained" }
  | { readonly type: "closed" };
