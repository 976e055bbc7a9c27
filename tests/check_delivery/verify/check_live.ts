/**
 * Compares what terminals were told at once with what is stored.
 *
 * Live delivery is not repeated: who is not online, or behind a link that is broken, fetches history
 * later. So a message has to be delivered only if its receiver was online all the while and nothing
 * stood between the servers; `risks` are the times when something did.
 */
import { membersOf } from "../crowd/cast.ts";
import type { Journal, Presence, Seen, Sent } from "../crowd/journal.ts";
import type { Stored, View } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** In milliseconds of `performance.now()`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LiveResult {
  readonly violations: readonly Violation[];
  /** Deliveries that were due and came. */
  readonly delivered: number;
  /** Deliveries that did not come and were not due. */
  readonly excused: number;
}

/** Deliveries that are due and have not come yet. */
export function countUndelivered(journal: Journal, risks: readonly Span[]): number {
  const seen = new Map(journal.seen.map((one) => [`${one.terminal} ${one.text}`, one]));
  return checkDelivered(journal, seen, risks).violations.length;
}

export function checkLive(
  journal: Journal,
  views: readonly View[],
  risks: readonly Span[],
): LiveResult {
  const stored = new Map<string, Stored>(
    views.flatMap(({ history }) => history.map((one) => [one.text, one])),
  );
  const seen = new Map<string, Seen>();
  const violations: Violation[] = [];
  for (const one of journal.seen) {
    const key = `${one.terminal} ${one.text}`;
    // After a move to another msg_server a terminal may be told again what was on its way there.
    if (seen.get(key)?.connection === one.connection) {
      violations.push({ rule: "doubled", what: `${one.terminal} saw it twice`, text: one.text });
    }
    seen.set(key, one);
    violations.push(...checkSeen(one, stored.get(one.text)));
  }
  violations.push(...checkSeenOrder(journal));
  const missing = checkDelivered(journal, seen, risks);
  return { ...missing, violations: [...violations, ...missing.violations] };
}

function checkSeen(seen: Seen, stored: Stored | undefined): Violation[] {
  const { text, terminal, msgId, authorId } = seen;
  if (stored === undefined) {
    return [{ rule: "not_stored", what: `${terminal} saw ${msgId} "${text}"`, text }];
  }
  if (stored.msgId === msgId && stored.authorId === authorId) return [];
  return [{
    rule: "wrong_id",
    what: `${terminal} saw it as ${msgId} by ${authorId}, stored as ${stored.msgId}`,
    text,
  }];
}

/**
 * On one connection, what one author wrote in a conversation over one connection comes in the order of
 * ids. A server that hangs while its clients go elsewhere may deliver what it had when it goes on.
 */
function checkSeenOrder(journal: Journal): Violation[] {
  const last = new Map<string, Seen>();
  return journal.seen.flatMap((seen): Violation[] => {
    const { terminal, connection, conversation, text } = seen;
    const sent = journal.sent.get(text);
    const key = `${terminal} ${connection} ${conversation} ${sent?.terminal} ${sent?.connection}`;
    const before = last.get(key);
    last.set(key, seen);
    return before === undefined || before.msgId < seen.msgId ? [] : [{
      rule: "reordered",
      what: `${terminal} saw ${seen.msgId} after ${before.msgId} in ${conversation}`,
      text: seen.text,
    }];
  });
}

/** Messages of different authors that reached a terminal in another order than that of their ids. */
export function countCrossed(journal: Journal): number {
  const highest = new Map<string, number>();
  let crossed = 0;
  for (const { terminal, connection, conversation, msgId } of journal.seen) {
    const key = `${terminal} ${connection} ${conversation}`;
    const before = highest.get(key) ?? 0;
    if (msgId < before) crossed++;
    else highest.set(key, msgId);
  }
  return crossed;
}

function checkDelivered(
  journal: Journal,
  seen: ReadonlyMap<string, Seen>,
  risks: readonly Span[],
): LiveResult {
  const violations: Violation[] = [];
  let delivered = 0;
  let excused = 0;
  for (const sent of journal.sent.values()) {
    const [ack] = sent.acks;
    if (ack === undefined) continue;
    const span = { fromMs: sent.atMs, toMs: ack.atMs };
    const onItsWay = { fromMs: sent.atMs, toMs: ack.atMs + BETWEEN_SERVERS_MS };
    for (const presence of receivers(journal, sent, span)) {
      if (seen.has(`${presence.terminal} ${sent.text}`)) delivered++;
      else if (risks.some((risk) => overlaps(risk, onItsWay)) || leftSoon(presence, ack.atMs)) {
        excused++;
      } else {
        violations.push({
          rule: "not_delivered",
          what: `${presence.terminal} at ${presence.server} did not see ${ack.msgId}`,
          text: sent.text,
        });
      }
    }
  }
  return { violations, delivered, excused };
}

/** Terminals that were online from before the message was sent until after its ack. */
function receivers(journal: Journal, sent: Sent, span: Span): Presence[] {
  const members = membersOf(sent.conversation);
  return journal.presences.filter(({ terminal, userId, fromMs, toMs }) =>
    terminal !== sent.terminal && members.includes(userId) && fromMs < span.fromMs &&
    (toMs === null || toMs > span.toMs)
  );
}

/** A connection that breaks takes with it what was on its way. */
const ON_ITS_WAY_MS = 10_000;

/** How long after its ack a message may be between servers that are busy, or wait for members. */
const BETWEEN_SERVERS_MS = 3000;

function leftSoon({ toMs, reason }: Presence, ackedMs: number): boolean {
  return toMs !== null && reason !== "the run is over" && toMs - ackedMs < ON_ITS_WAY_MS;
}

function overlaps(one: Span, other: Span): boolean {
  return one.fromMs <= other.toMs && other.fromMs <= one.toMs;
}
