/**
 * The directory as it goes over the wire (docs/spec/flows.md 14). Everybody who starts anew asks for
 * all of it: 20,000 people are 1.4 MB that take 90 ms to read and encode, in which nothing else is
 * stored. So the encoded list is kept, and is the same for all, until somebody has changed.
 */
import { IMAllUserRsp } from "../../proto/mod.ts";
import { type Clock, nowSec } from "../../shared/clock.ts";
import type { UserRow, UserStore } from "../../shared/storage/types.ts";
import { userInfo } from "./handlers/rows.ts";

/** Somebody may have changed a row without moving U, as only the original's servers do. */
const KEEP_MS = 10_000;
/** U moves a little before the row, and clocks differ a little: until then everybody reads anew. */
const SETTLED_SEC = 2;
/** A larger list is made anew each time, in bytes. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** People as they are in an answer. */
export interface EncodedUsers {
  /** The field `user_list`, with all its entries. */
  readonly list: Uint8Array;
  /** Time of the newest row, 0 without any. */
  readonly newest: number;
}

interface Shared {
  /** U when it was read (docs/spec/storage.md 5.1). */
  readonly lastUpdate: number;
  readonly users: Promise<EncodedUsers>;
  readonly untilMs: number;
}

export class Directory {
  readonly #clock: Clock;
  #shared: Shared | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Everybody who has not left, as of U. @throws {StorageError} */
  async all(users: Pick<UserStore, "all">, lastUpdate: number): Promise<EncodedUsers> {
    const nowMs = this.#clock.elapsedMs();
    if (nowSec(this.#clock) < lastUpdate + SETTLED_SEC) return await read(users);
    const shared = this.#shared;
    if (shared?.lastUpdate === lastUpdate && nowMs < shared.untilMs) return await shared.users;
    return await this.#share({ lastUpdate, users: read(users), untilMs: nowMs + KEEP_MS });
  }

  async #share(shared: Shared): Promise<EncodedUsers> {
    this.#shared = shared;
    let isKept = false;
    try {
      const users = await shared.users;
      isKept = users.list.length <= MAX_KEPT_BYTES;
      return users;
    } finally {
      if (!isKept && this.#shared === shared) this.#shared = null;
    }
  }
}

async function read(users: Pick<UserStore, "all">): Promise<EncodedUsers> {
  return encodeUsers(await users.all());
}

export function encodeUsers(rows: readonly UserRow[]): EncodedUsers {
  return {
    list: withoutHead({ user_list: rows.map(userInfo) }),
    newest: rows.reduce((latest, { updated }) => Math.max(latest, updated), 0),
  };
}

/** An answer whose list is encoded already. */
export interface DirectoryAnswer {
  readonly user_id: number;
  readonly latest_update_time: number;
  readonly list: Uint8Array;
  readonly attach_data: Uint8Array;
}

/** Encodes IMAllUserRsp: messages of protobuf are the fields of their parts, one after the other. */
export const directoryAnswer = {
  encode({ user_id, latest_update_time, list, attach_data }: DirectoryAnswer): Uint8Array {
    const head = IMAllUserRsp.encode({ user_id, latest_update_time });
    const tail = withoutHead({ attach_data });
    const body = new Uint8Array(head.length + list.length + tail.length);
    body.set(head);
    body.set(list, head.length);
    body.set(tail, head.length + list.length);
    return body;
  },
};

type Part = Pick<Parameters<typeof IMAllUserRsp.encode>[0], "user_list" | "attach_data">;

/** The fields behind the two required ones, which are two bytes each when they are 0. */
function withoutHead(part: Part): Uint8Array {
  return IMAllUserRsp.encode({ user_id: 0, latest_update_time: 0, ...part }).subarray(4);
}
