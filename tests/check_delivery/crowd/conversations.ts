/** Names of conversations, the same for all who take part: `3-7` for two users, `g1` for a group. */
import { SESSION_TYPE_GROUP } from "../../../proto/mod.ts";
import type { SessionRef } from "../../../shared/client/mod.ts";
import { group, single } from "../../support/chat.ts";

export function pairName(one: number, other: number): string {
  return `${Math.min(one, other)}-${Math.max(one, other)}`;
}

export function groupName(groupId: number): string {
  return `g${groupId}`;
}

export function isGroupName(name: string): boolean {
  return name.startsWith("g");
}

export function groupIdOf(name: string): number {
  return Number(name.slice(1));
}

/** As a user who takes part calls it. */
export function sessionOf(name: string, userId: number): SessionRef {
  if (isGroupName(name)) return group(groupIdOf(name));
  const [one, other] = name.split("-").map(Number);
  return single(one === userId ? other! : one!);
}

export function nameOfSession({ session_type, session_id }: SessionRef, userId: number): string {
  return session_type === SESSION_TYPE_GROUP ? groupName(session_id) : pairName(userId, session_id);
}
