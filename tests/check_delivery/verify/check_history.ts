/** Compares what is stored with what was sent and acknowledged. Pure, so that it can be tested. */
import type { Journal, Sent } from "../crowd/journal.ts";
import type { View } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** All that one user sees of one conversation is what was said in it. */
export function checkView(
  view: View,
  journal: Journal,
  { gaps }: { readonly gaps: "none" | "allowed" },
): Violation[] {
  return [
    ...checkStored(view, journal),
    ...checkAcked(view, journal),
    ...checkIds(view, gaps),
    ...checkOrder(view, journal),
  ];
}

/** Each stored message was sent in this conversation by this author, and is there once. */
function checkStored(view: View, journal: Journal): Violation[] {
  const found: Violation[] = [];
  const ids = new Map<string, number>();
  for (const { text, msgId, authorId } of view.history) {
    const sent = journal.sent.get(text);
    if (sent?.conversation !== view.conversation || sent.authorId !== authorId) {
      found.push({
        rule: "foreign",
        what: `${where(view)}: ${msgId} by ${authorId} "${text}"`,
        text,
      });
    }
    const before = ids.get(text);
    if (before !== undefined) {
      found.push({ rule: "doubled", what: `${where(view)}: ids ${before} and ${msgId}`, text });
    }
    ids.set(text, msgId);
  }
  return found;
}

function checkAcked(view: View, journal: Journal): Violation[] {
  const stored = new Map(view.history.map(({ text, msgId }) => [text, msgId]));
  const found: Violation[] = [];
  for (const { conversation, text, acks: [ack] } of journal.sent.values()) {
    if (conversation !== view.conversation || ack === undefined) continue;
    const id = stored.get(text);
    if (id === undefined) {
      found.push({ rule: "lost", what: `${where(view)}: acknowledged as ${ack.msgId}`, text });
    } else if (id !== ack.msgId) {
      found.push({
        rule: "wrong_id",
        what: `${where(view)}: acknowledged as ${ack.msgId}, stored as ${id}`,
        text,
      });
    }
  }
  return found;
}

function checkIds(view: View, gaps: "none" | "allowed"): Violation[] {
  const found: Violation[] = [];
  const ids = view.history.map(({ msgId }) => msgId);
  for (const [at, id] of ids.entries()) {
    const before = ids[at - 1] ?? 0;
    if (id <= before) {
      found.push({ rule: "reordered", what: `${where(view)}: ${id} after ${before}` });
    } else if (gaps === "none" && id !== before + 1) {
      found.push({ rule: "gap", what: `${where(view)}: ${id} after ${before}` });
    }
  }
  const latest = ids.at(-1) ?? 0;
  if (view.latestId !== latest) {
    found.push({ rule: "latest_id", what: `${where(view)}: ${view.latestId} is not ${latest}` });
  }
  if (latest !== 0 && view.sessionLatestId !== latest) {
    found.push({
      rule: "latest_id",
      what: `${where(view)}: the session says ${view.sessionLatestId}, not ${latest}`,
    });
  }
  return found;
}

/** What an author had acknowledged is in the order in which he sent it. */
function checkOrder(view: View, journal: Journal): Violation[] {
  const found: Violation[] = [];
  const last = new Map<number, Sent>();
  for (const { text } of view.history) {
    const sent = journal.sent.get(text);
    if (sent === undefined || sent.acks.length === 0) continue;
    const before = last.get(sent.authorId);
    if (before !== undefined && before.place > sent.place) {
      found.push({
        rule: "reordered",
        what: `${where(view)}: "${sent.text}" is stored after "${before.text}"`,
        text,
      });
    }
    last.set(sent.authorId, sent);
  }
  return found;
}

/**
 * Messages without an ack that are stored behind what the author sent later: the sender saw them
 * fail, and they came after all. Not promised otherwise; counted.
 */
export function countLate(view: View, journal: Journal): number {
  const last = new Map<number, number>();
  let late = 0;
  for (const { text } of view.history) {
    const sent = journal.sent.get(text);
    if (sent === undefined) continue;
    if (sent.place < (last.get(sent.authorId) ?? -1)) late++;
    else last.set(sent.authorId, sent.place);
  }
  return late;
}

/** Everybody who takes part is told the same. */
export function checkSides(views: readonly View[]): Violation[] {
  const first = new Map<string, View>();
  return views.flatMap((view): Violation[] => {
    const other = first.get(view.conversation);
    if (other === undefined) {
      first.set(view.conversation, view);
      return [];
    }
    const isEqual = JSON.stringify(view.history) === JSON.stringify(other.history);
    return isEqual ? [] : [{
      rule: "sides_differ",
      what: `${view.conversation}: ${view.viewerId} sees ${view.history.length} messages, ` +
        `${other.viewerId} sees ${other.history.length}`,
    }];
  });
}

function where({ conversation, viewerId }: View): string {
  return `${conversation} as ${viewerId} sees it`;
}
