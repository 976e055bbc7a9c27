/** Who takes part in a run and who writes to whom. */
import { GROUP_TYPE_NORMAL } from "../../../proto/mod.ts";
import type { DemoGroup } from "../../support/demo_data.ts";
import { groupName, isGroupName, pairName } from "./conversations.ts";

/** Users that are online, each on a PC. */
export const ONLINE: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];
/** Of these, who has a phone as well. */
export const WITH_PHONE: readonly number[] = [3, 7];
/** Never online; somebody writes to each for the first time while things go wrong. */
export const STRANGERS: readonly number[] = [9, 10, 11, 12, 13, 14];
export const USER_COUNT = 14;

const GROUPS: readonly DemoGroup[] = [
  { id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members: [...ONLINE, 9] },
  { id: 2, type: GROUP_TYPE_NORMAL, creator: 4, members: [4, 5, 6, 8] },
];

export function groups(): readonly DemoGroup[] {
  return GROUPS;
}

/** Conversations that a user writes to, again and again; 7 and 8 only listen. */
export const TALKS: Readonly<Record<number, readonly string[]>> = {
  1: [pairName(1, 7), pairName(1, 8), groupName(1)],
  2: [pairName(2, 7), groupName(1)],
  3: [pairName(3, 4), groupName(1)],
  4: [pairName(3, 4), groupName(2)],
  5: [pairName(5, 6), groupName(2)],
  6: [pairName(5, 6), groupName(2), pairName(6, 8)],
};

/** Whose first message a stranger gets. */
export function strangerOf(userId: number): number | null {
  return STRANGERS[userId - 1] ?? null;
}

/** All conversations of the run. */
export function conversations(): readonly string[] {
  const strange = ONLINE.flatMap((id) => {
    const stranger = strangerOf(id);
    return stranger === null ? [] : [pairName(id, stranger)];
  });
  return [...new Set([...Object.values(TALKS).flat(), ...strange])];
}

/** Ids of those who take part. */
export function membersOf(conversation: string): readonly number[] {
  if (!isGroupName(conversation)) return conversation.split("-").map(Number);
  return GROUPS.find(({ id }) => groupName(id) === conversation)!.members;
}
