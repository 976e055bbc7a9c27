/** Compares unread counters with what is stored. Nobody has marked anything as read. */
import { isGroupName } from "../crowd/conversations.ts";
import type { View } from "./evidence.ts";
import type { Violation } from "./violation.ts";

export interface UnreadViolation extends Violation {
  /** Fewer than there are. */
  readonly isLow: boolean;
  /** Of a group in which the viewer has written. */
  readonly isOwnGroup: boolean;
}

export function checkUnread(view: View): UnreadViolation[] {
  const expected = isGroupName(view.conversation) ? unseenInGroup(view) : fromTheOther(view);
  if (view.unread === expected) return [];
  return [{
    rule: "unread",
    isLow: view.unread < expected,
    isOwnGroup: isGroupName(view.conversation) &&
      view.history.some(({ authorId }) => authorId === view.viewerId),
    what: `${view.conversation} as ${view.viewerId} sees it: ${view.unread} unread, ` +
      `${expected} stored`,
  }];
}

function fromTheOther({ history, viewerId }: View): number {
  return history.filter(({ authorId }) => authorId !== viewerId).length;
}

/** Whoever writes in a group has seen everything before (docs/spec/storage.md 5.1). */
function unseenInGroup({ history, viewerId }: View): number {
  return history.length - 1 - history.findLastIndex(({ authorId }) => authorId === viewerId);
}
