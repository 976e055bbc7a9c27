/** A promise that was not kept, and the messages that show it. */

export type Rule =
  /** Acknowledged, and not in somebody's history. */
  | "lost"
  /** Acknowledged under another id than it has. */
  | "wrong_id"
  /** Twice in history, twice acknowledged, or twice delivered to a terminal. */
  | "doubled"
  /** Ids, or what a terminal saw, are not in the order of sending. */
  | "reordered"
  /** An ack for nothing, or with the id 0. */
  | "false_ack"
  /** In history or delivered, and nobody sent it so. */
  | "foreign"
  /** Delivered, and not in history. */
  | "not_stored"
  /** Two who take part have different histories. */
  | "sides_differ"
  /** Acknowledged while nothing stood in the way, and not delivered to a terminal that was online. */
  | "not_delivered"
  /** Ids have gaps where the engine promises none. */
  | "gap"
  | "unread"
  | "latest_id"
  /** Service did not come back. */
  | "not_recovered"
  /** A server ended by itself, or did not end when told to. */
  | "crashed"
  /** A terminal was kicked, and nobody else was logged in. */
  | "kicked"
  /** Recovery took longer than promised, or cost a client more than one reconnect. */
  | "slow";

export interface Violation {
  readonly rule: Rule;
  readonly what: string;
  /** The text of the message, for the trace. */
  readonly text?: string;
}
