/** What was sent, what was acknowledged, what was seen. Times are those of `performance.now()`. */

export interface Ack {
  readonly atMs: number;
  readonly msgId: number;
}

export interface Sent {
  /** Unique in the run. */
  readonly text: string;
  readonly authorId: number;
  /** See `conversations.ts`. */
  readonly conversation: string;
  /** Of the author's sending terminal. */
  readonly terminal: string;
  /** The msg_server it went to. */
  readonly server: string;
  /** Which of the terminal's connections. */
  readonly connection: number;
  /** Place among everything that the author has sent. */
  readonly place: number;
  readonly atMs: number;
  readonly acks: Ack[];
}

/** A message that was delivered to a terminal. */
export interface Seen {
  readonly text: string;
  readonly msgId: number;
  readonly authorId: number;
  readonly conversation: string;
  readonly terminal: string;
  readonly viewerId: number;
  readonly connection: number;
  readonly atMs: number;
}

/** One connection of a terminal, from its login until it was lost. */
export interface Presence {
  readonly terminal: string;
  readonly userId: number;
  readonly server: string;
  readonly connection: number;
  readonly fromMs: number;
  /** `null` while it lasts. */
  toMs: number | null;
  reason: string | null;
}

export class Journal {
  readonly sent = new Map<string, Sent>();
  readonly seen: Seen[] = [];
  readonly presences: Presence[] = [];
  /** Acks that belong to nothing that was sent on their connection. */
  readonly strayAcks: { readonly terminal: string; readonly msgId: number }[] = [];
  readonly kicks: string[] = [];

  get ackedCount(): number {
    let count = 0;
    for (const { acks } of this.sent.values()) if (acks.length > 0) count++;
    return count;
  }
}
