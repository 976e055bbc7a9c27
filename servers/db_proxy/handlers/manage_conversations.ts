/** Operations of the management API on groups and messages that take more than one step. */
import { SESSION_TYPE_GROUP } from "../../../proto/mod.ts";
import { isAudioMessage } from "../../../shared/message_class.ts";
import type { AnswerOf, RequestOf } from "../../../shared/management/operations.ts";
import type { Members, MessageRow } from "../../../shared/storage/types.ts";
import type { DbServices } from "../services.ts";

/** A page of members by ascending id; `null` for a group that is unknown, deleted or empty. */
export async function groupMembers(
  { storage }: DbServices,
  { id, offset, limit }: RequestOf<"groups.members">,
): Promise<AnswerOf<"groups.members">> {
  const members = await storage.groups.members(id);
  if (members === null) return null;
  const ids = [...members.keys()].sort((a, b) => a - b).slice(offset, offset + limit);
  const users = new Map((await storage.users.byIds(ids)).map((user) => [user.id, user]));
  const rows = ids.map((userId) => ({
    userId,
    name: users.get(userId)?.name ?? "",
    nick: users.get(userId)?.nick ?? "",
    avatar: users.get(userId)?.avatar ?? "",
    joined: members.get(userId)!,
  }));
  return { total: members.size, rows };
}

/** History as a user sees it, newest first; a group's as its longest-standing member does. */
export async function messageHistory(
  { storage }: DbServices,
  { type, userId, sessionId, beginId, limit }: RequestOf<"messages.history">,
): Promise<AnswerOf<"messages.history">> {
  let viewer = userId;
  if (type === SESSION_TYPE_GROUP) {
    const members = await storage.groups.members(sessionId);
    if (members === null) return [];
    viewer = longestMember(members);
  }
  const conversation = { type, userId: viewer, sessionId };
  const rows = await storage.messages.list({ conversation, beginId, limit });
  return rows.map((row) => ({
    msgId: row.msgId,
    fromId: row.fromId,
    type: row.type,
    created: row.created,
    content: contentOf(row),
  }));
}

export function sendSystemMessage(
  { storage }: DbServices,
  { content, ...message }: RequestOf<"messages.send">,
): Promise<AnswerOf<"messages.send">> {
  return storage.messages.append({ ...message, content: Uint8Array.fromBase64(content) });
}

/** Sounds are not handed out. */
function contentOf({ type, content }: MessageRow): string {
  return isAudioMessage(type) ? "" : new Uint8Array(content).toBase64();
}

function longestMember(members: Members): number {
  let longest = 0;
  let since = Infinity;
  for (const [userId, joined] of members) {
    if (joined >= since) continue;
    longest = userId;
    since = joined;
  }
  return longest;
}
