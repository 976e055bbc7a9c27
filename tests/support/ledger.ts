/**
 * A stream of messages and what became of each: what was sent, in which order, and which id its ack
 * named. Afterwards the stored conversations are compared with it.
 */
import assert from "node:assert/strict";
import { type MsgInfo, SESSION_TYPE_GROUP } from "../../proto/mod.ts";
import { type Client, type SessionRef, textOf } from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { withinMs } from "../../shared/within.ts";

interface Entry {
  readonly author: number;
  readonly conversation: string;
  /** Place in the stream. */
  readonly place: number;
  /** `null` without an ack: the message may be stored or not. */
  ackedId: number | null;
}

/** Only a test that fails waits so long. */
const ACKS_LIMIT_MS = 60_000;
/** Messages of one author under way at a time. */
export const WINDOW = 16;

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  #acked = 0;
  #awaited: { readonly count: number; readonly resolve: () => void } | null = null;

  /** Sends to the targets in turn, with or without acks, until the client is offline. Never rejects. */
  async talk(client: Client, targets: readonly Target[]): Promise<void> {
    let turn = 0;
    const lane = async (): Promise<void> => {
      while (client.isOnline) await this.#say(client, targets[turn++ % targets.length]!);
    };
    await Promise.all(Array.from({ length: WINDOW }, lane));
  }

  /** Resolves when so many more messages have been acknowledged. */
  async acks(more: number): Promise<void> {
    const count = this.#acked + more;
    const acked = new Promise<void>((resolve) => this.#awaited = { count, resolve });
    if (await withinMs(systemClock, ACKS_LIMIT_MS, acked)) return;
    throw new Error(`Waited in vain for ${count - this.#acked} of ${more} acks`);
  }

  /**
   * A stored conversation, oldest first, is what was said in it: ids ascending and without gap unless
   * gaps are allowed, every acknowledged message under its id, no message twice, none that was not
   * sent, each author in order.
   */
  check(
    conversation: string,
    history: readonly MsgInfo[],
    { gaps }: { readonly gaps: "none" | "allowed" } = { gaps: "none" },
  ): void {
    const ids = history.map((info) => info.msg_id);
    if (gaps === "none") assert.deepEqual(ids, ids.map((_, i) => i + 1));
    else assert.ok(ids.every((id, i) => id > (ids[i - 1] ?? 0)), `${conversation}: order of ids`);
    const stored = new Map(history.map((info) => [textOf(info), info]));
    assert.equal(stored.size, history.length, `${conversation}: a message is there twice`);
    const lastPlaces = new Map<number, number>();
    for (const [text, info] of stored) {
      const entry = this.#entries.get(text ?? "");
      assert.ok(entry?.conversation === conversation, `${conversation}: "${text}" was not said`);
      assert.equal(info.from_session_id, entry.author);
      const lastPlace = lastPlaces.get(entry.author) ?? -1;
      assert.ok(entry.place > lastPlace, `${conversation}: "${text}" is out of order`);
      lastPlaces.set(entry.author, entry.place);
    }
    for (const [text, entry] of this.#entries) {
      if (entry.conversation !== conversation || entry.ackedId === null) continue;
      assert.equal(stored.get(text)?.msg_id, entry.ackedId, `"${text}" was acknowledged`);
    }
  }

  async #say(client: Client, { session, conversation }: Target): Promise<void> {
    const place = this.#entries.size;
    const text = `${client.userId} says ${place} in ${conversation}`;
    const entry: Entry = { author: client.userId, conversation, place, ackedId: null };
    this.#entries.set(text, entry);
    const { session_type, session_id } = session;
    try {
      const ack = session_type === SESSION_TYPE_GROUP
        ? await client.groupText(session_id, text)
        : await client.sendText(session_id, text);
      entry.ackedId = ack.msg_id;
      this.#acked++;
      if (this.#acked === this.#awaited?.count) this.#awaited.resolve();
    } catch {
      // No ack: it may be stored or not.
    }
  }
}

export interface Target {
  readonly session: SessionRef;
  /** The same name for all who take part. */
  readonly conversation: string;
}
