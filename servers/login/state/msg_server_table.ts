/**
 * The msg_servers that are registered now, and which of them the next client is sent to.
 *
 * An entry has two counts. `online` is what the msg_server reports: its logged-in connections.
 * `assigned` counts the clients that were sent there in the last ten seconds, whom the msg_server
 * may not have seen yet; without it a burst of lookups would all go to one server (P-LB2). Lookups
 * lie in one queue in the order in which they expire, since all are counted equally long.
 */
import type { IMMsgServInfo } from "../../../proto/mod.ts";
import { ok, refused, type Result } from "../../../shared/result.ts";

/** How long a client that asked is counted for the server it was sent to, in milliseconds. */
export const LOOKUP_COUNTS_MS = 10_000;
/** Most lookups counted at a time, over all servers; beyond it the oldest is forgotten. */
export const MAX_COUNTED_LOOKUPS = 100_000;

export type NoMsgServer = "none_registered" | "all_full";

interface Entry {
  info: IMMsgServInfo;
  online: number;
  assigned: number;
}

interface Lookup {
  readonly entry: Entry;
  readonly untilMs: number;
}

export class MsgServerTable {
  /** By number of the link, longest connected first. */
  readonly #entries = new Map<number, Entry>();
  readonly #lookups = new Set<Lookup>();

  /** Logged-in connections of all registered servers. */
  get onlineCount(): number {
    let sum = 0;
    for (const entry of this.#entries.values()) sum += entry.online;
    return sum;
  }

  /** What is registered, longest connected first. */
  servers(): { readonly info: IMMsgServInfo; readonly online: number }[] {
    return Array.from(this.#entries.values(), ({ info, online }) => ({ info, online }));
  }

  /** Enters a server. A second registration on a link replaces the first (P-LB3). */
  register(linkId: number, info: IMMsgServInfo): void {
    const entry = this.#entries.get(linkId);
    if (entry === undefined) {
      this.#entries.set(linkId, { info, online: info.cur_conn_cnt, assigned: 0 });
    } else {
      entry.info = info;
      entry.online = info.cur_conn_cnt;
    }
  }

  /** Counts a connection that logged in or went; before a registration there is nothing to count. */
  count(linkId: number, change: "up" | "down"): void {
    const entry = this.#entries.get(linkId);
    if (entry === undefined) return;
    // Never below zero, where the original wrapped to four billion (P-LB3).
    entry.online = change === "up" ? entry.online + 1 : Math.max(0, entry.online - 1);
  }

  /** Tells whether the link had registered a server. */
  remove(linkId: number): boolean {
    return this.#entries.delete(linkId);
  }

  /** Chooses the server for a client that asks now, and counts the client there. */
  assign(nowMs: number): Result<IMMsgServInfo, NoMsgServer> {
    this.#expireLookups(nowMs);
    if (this.#entries.size === 0) return refused("none_registered");
    // A lookup is a guess: it may pass a server over, but it never makes the suite refuse clients.
    const entry = this.#leastLoaded((each) => each.online + each.assigned) ??
      this.#leastLoaded((each) => each.online);
    if (entry === null) return refused("all_full");
    this.#countLookup({ entry, untilMs: nowMs + LOOKUP_COUNTS_MS });
    return ok(entry.info);
  }

  /** Of the servers with room the one with the lowest load; of equals the longest connected. */
  #leastLoaded(loadOf: (entry: Entry) => number): Entry | null {
    let best: Entry | null = null;
    for (const entry of this.#entries.values()) {
      const load = loadOf(entry);
      if (load < entry.info.max_conn_cnt && (best === null || load < loadOf(best))) best = entry;
    }
    return best;
  }

  #countLookup(lookup: Lookup): void {
    lookup.entry.assigned++;
    this.#lookups.add(lookup);
    if (this.#lookups.size <= MAX_COUNTED_LOOKUPS) return;
    for (const oldest of this.#lookups) {
      this.#forget(oldest);
      break;
    }
  }

  #expireLookups(nowMs: number): void {
    for (const lookup of this.#lookups) {
      if (lookup.untilMs > nowMs) break;
      this.#forget(lookup);
    }
  }

  #forget(lookup: Lookup): void {
    lookup.entry.assigned--;
    this.#lookups.delete(lookup);
  }
}
