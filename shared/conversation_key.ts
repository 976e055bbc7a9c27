/**
 * A number for each conversation, well spread: over links to db_proxy_servers, and there over
 * workers. Two conversations may share one.
 */

/** The pair of users, whoever of them writes. */
export function pairKey(userId: number, peerId: number): number {
  return spread(spread(Math.min(userId, peerId)) ^ Math.max(userId, peerId));
}

export function groupConversationKey(groupId: number): number {
  return spread(groupId);
}

/** Mixes 32 bits, so that no habit in how ids are given brings all conversations to one place. */
function spread(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
