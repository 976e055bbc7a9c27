/**
 * Which users can be written to: those who exist and have not left. Remembered for a few seconds, as
 * administrators and other db_proxy_servers change users too.
 */
import type { Clock } from "../../clock.ts";
import { LruMap } from "../../lru_map.ts";
import { USER_STATUS_LEFT } from "../types.ts";
import type { EngineParts } from "./parts.ts";

/** How long somebody who was there is taken to be there, in milliseconds. */
const REMEMBER_MS = 5000;
/** Most users remembered: about 10 MB. */
const MAX_REMEMBERED = 100_000;
/** Ids of one statement. */
const CHUNK = 500;

export class ActiveUsers {
  readonly #master: EngineParts["master"];
  readonly #clock: Clock;
  /** When each was last seen in the table, in milliseconds. */
  readonly #seenMs = new LruMap<number, number>({ maxWeight: MAX_REMEMBERED });

  constructor({ master, clock }: Pick<EngineParts, "master" | "clock">) {
    this.#master = master;
    this.#clock = clock;
  }

  /** Those of the ids that can be written to, ascending, each once. */
  async among(ids: Iterable<number>): Promise<number[]> {
    const nowMs = this.#clock.nowMs();
    const active: number[] = [];
    const unknown: number[] = [];
    for (const id of new Set(ids)) {
      const seenMs = this.#seenMs.get(id);
      const isFresh = seenMs !== undefined && Math.abs(nowMs - seenMs) <= REMEMBER_MS;
      (isFresh ? active : unknown).push(id);
    }
    for (let at = 0; at < unknown.length; at += CHUNK) {
      const rows = await this.#master.rows<{ id: number }>(
        "SELECT id FROM IMUser WHERE id IN (?) AND coalesce(status, 0) <> ?",
        [unknown.slice(at, at + CHUNK), USER_STATUS_LEFT],
      );
      for (const { id } of rows) {
        this.#seenMs.set(id, nowMs);
        active.push(id);
      }
    }
    return active.sort((a, b) => a - b);
  }

  /** To be called when a user's status changes here. */
  forget(id: number): void {
    this.#seenMs.delete(id);
  }
}
