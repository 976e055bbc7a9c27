/**
 * Slows clients down by not reading from them. Two reasons: the client sends messages or requests
 * faster than its rate (docs/spec/pitfalls.md P-LIM1), or db_proxy is behind and more input would only
 * pile up. Nothing is dropped; TCP tells the sender to wait, and nobody else.
 */
import { CID_MSG_DATA, CID_MSG_DATA_ACK, CID_OTHER_HEARTBEAT } from "../../proto/ids.ts";
import type { Clock, Timer } from "../../shared/clock.ts";
import type { DbLinks } from "./links/db_links.ts";
import type { ClientConn } from "./state/client_conn.ts";
import { TokenBucket } from "./state/token_bucket.ts";

/** Unsent bytes to db_proxy at which clients that send anything are paused, and go on again. */
const DB_HIGH_MARK_BYTES = 16 * 1024 * 1024;
const DB_LOW_MARK_BYTES = 4 * 1024 * 1024;
/** How often to look whether db_proxy has caught up, while clients wait for it. */
const DB_CHECK_MS = 20;

/** A frame counts once for each so many bytes that it has begun: what is large is work for others. */
const COUNTED_BYTES = 32 * 1024;

export interface InputThrottleOptions {
  readonly clock: Clock;
  readonly db: Pick<DbLinks, "backlogBytes">;
  /** Messages per second and connection; 0 = no limit. */
  readonly perSecond: number;
  /** Other commands that somebody has to work for, per second and connection; 0 = no limit. */
  readonly requestsPerSecond: number;
}

/** Acks and heartbeats cost nobody anything, and are as many as others want. */
export type InputKind = "message" | "request" | "free";

export function inputKindOf(commandId: number): InputKind {
  if (commandId === CID_MSG_DATA) return "message";
  return commandId === CID_MSG_DATA_ACK || commandId === CID_OTHER_HEARTBEAT ? "free" : "request";
}

export class InputThrottle {
  readonly #options: InputThrottleOptions;
  readonly #buckets = {
    message: new Map<ClientConn, TokenBucket>(),
    request: new Map<ClientConn, TokenBucket>(),
  };
  /** Clients above their rate, with the timer that lets them go on. */
  readonly #aboveRate = new Map<ClientConn, Timer>();
  /** Clients that wait for db_proxy. */
  readonly #waitForDb = new Set<ClientConn>();
  #dbCheck: Timer | null = null;

  constructor(options: InputThrottleOptions) {
    this.#options = options;
  }

  /** Called after a frame of so many bytes was taken: the client's next one may have to wait. */
  afterFrame(conn: ClientConn, kind: InputKind, bytes: number): void {
    const { clock, db, perSecond, requestsPerSecond } = this.#options;
    const rate = { message: perSecond, request: requestsPerSecond, free: 0 }[kind];
    if (kind !== "free" && rate > 0) this.#limitRate(conn, { kind, rate, bytes });
    if (db.backlogBytes > DB_HIGH_MARK_BYTES) {
      this.#waitForDb.add(conn);
      conn.link.pause();
      this.#dbCheck ??= clock.every(DB_CHECK_MS, () => this.#checkDb());
    }
  }

  forget(conn: ClientConn): void {
    this.#buckets.message.delete(conn);
    this.#buckets.request.delete(conn);
    this.#aboveRate.get(conn)?.cancel();
    this.#aboveRate.delete(conn);
    this.#waitForDb.delete(conn);
  }

  stop(): void {
    for (const timer of this.#aboveRate.values()) timer.cancel();
    this.#dbCheck?.cancel();
  }

  #limitRate(
    conn: ClientConn,
    { kind, rate, bytes }: {
      readonly kind: "message" | "request";
      readonly rate: number;
      readonly bytes: number;
    },
  ): void {
    const { clock } = this.#options;
    const nowMs = clock.elapsedMs();
    let bucket = this.#buckets[kind].get(conn);
    if (bucket === undefined) {
      bucket = new TokenBucket(rate, nowMs);
      this.#buckets[kind].set(conn, bucket);
    }
    const waitMs = bucket.take(nowMs, Math.ceil(bytes / COUNTED_BYTES));
    if (waitMs === 0) return;
    conn.link.pause();
    this.#aboveRate.get(conn)?.cancel();
    this.#aboveRate.set(
      conn,
      clock.after(waitMs, () => {
        this.#aboveRate.delete(conn);
        this.#resume(conn);
      }),
    );
  }

  #checkDb(): void {
    if (this.#options.db.backlogBytes > DB_LOW_MARK_BYTES) {
      // They are not silent: we do not listen.
      for (const conn of this.#waitForDb) conn.link.silentSec = 0;
      return;
    }
    this.#dbCheck?.cancel();
    this.#dbCheck = null;
    const waiting = [...this.#waitForDb];
    this.#waitForDb.clear();
    for (const conn of waiting) this.#resume(conn);
  }

  /** Goes on reading once neither reason holds any more. */
  #resume(conn: ClientConn): void {
    if (!this.#aboveRate.has(conn) && !this.#waitForDb.has(conn)) conn.link.resume();
  }
}
