/** Messages in the name of the system, and, where it is allowed, what users wrote. */
import { z } from "zod";
import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../../proto/mod.ts";
import { isAudioMessage } from "../../../../shared/message_class.ts";
import type { StoredMessage } from "../../../../shared/management/operations.ts";
import { MAX_TEXT_BYTES } from "../../../../shared/message_limits.ts";
import { decodeText, encodeText } from "../../../../shared/text_cipher.ts";
import { id, MAX_HISTORY } from "../../../../shared/management/fields.ts";
import { MAX_ID } from "../../../../shared/storage/management_limits.ts";
import { ApiError } from "../../http/errors.ts";
import { hasRole } from "../credentials.ts";
import { idList, numberText, time } from "../fields.ts";
import { type Route, route } from "../route.ts";
import { sendToGroup, sendToUsers, systemUser } from "../system_message.ts";
import { groupById } from "./groups.ts";

const TAG = "Messages";

const recipients = {
  user_ids: idList.optional(),
  group_id: id.optional().describe("A group that the system user is a member of"),
};

const conversation = z.strictObject({
  user_id: numberText({ min: 1, max: MAX_ID }).optional(),
  peer_id: numberText({ min: 1, max: MAX_ID }).optional(),
  group_id: numberText({ min: 1, max: MAX_ID }).optional(),
  before_id: numberText({ min: 0, max: MAX_ID }).default(0)
    .describe("Only messages with a lower id; 0 = from the newest"),
  limit: numberText({ min: 1, max: MAX_HISTORY }).default(50),
}).refine(
  ({ user_id, peer_id, group_id }) =>
    group_id === undefined
      ? user_id !== undefined && peer_id !== undefined
      : user_id === undefined && peer_id === undefined,
  "must have either group_id, or user_id and peer_id",
);

const message = z.strictObject({
  id,
  from_user_id: id,
  created: time,
  kind: z.enum(["text", "voice"]),
  text: z.string().nullable().describe("null for a voice message, and for what cannot be read"),
});

export const messageRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/v1/messages",
    tag: TAG,
    summary: "Send a message in the name of the system",
    description: "Stored like any message, counted as unread, and delivered at once to who is " +
      "online. No push is sent to phones.",
    access: "manager",
    body: z.strictObject({ text: z.string().min(1).max(2000), ...recipients }).refine(
      ({ user_ids, group_id }) => (user_ids === undefined) !== (group_id === undefined),
      "must have either user_ids or group_id",
    ),
    answer: z.strictObject({
      sent: z.array(z.strictObject({ to: id, message_id: id })),
      refused: z.array(id).describe("Users who do not exist or have left"),
    }),
    errors: ["system_user_missing", "unknown_group"],
    audit: { action: "message.send" },
    run: async (call, { body }) => {
      const fromId = await systemUser(call);
      const data = encodeText(body.text.toWellFormed(), call.services.config.api.aesKey);
      if (data.length > MAX_TEXT_BYTES) {
        throw new ApiError("invalid_field", { field: "text", message: "is too long" });
      }
      if (body.group_id !== undefined) {
        await groupById(call.services, body.group_id);
        const sent = await sendToGroup(call, { fromId, toId: body.group_id, data });
        if (sent.messageId === null) {
          const reason = "The system user is no member of this group";
          throw new ApiError("invalid_field", { field: "group_id", message: reason });
        }
        return { sent: [{ to: sent.to, message_id: sent.messageId }], refused: [] };
      }
      const toIds = body.user_ids!.filter((toId) => toId !== fromId);
      const deliveries = await sendToUsers(call, { fromId, toIds, data });
      return {
        sent: deliveries.flatMap(({ to, messageId }) =>
          messageId === null ? [] : [{ to, message_id: messageId }]
        ),
        refused: deliveries.filter(({ messageId }) => messageId === null).map(({ to }) => to),
      };
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/messages",
    tag: TAG,
    summary: "Read a conversation",
    description:
      "Off unless `MessageHistory` in httpmsgserver.conf names a role, and each call is " +
      "written to the audit log. Newest first; a group's messages as its longest-standing member " +
      "sees them.",
    access: "manager",
    query: conversation,
    answer: z.strictObject({ items: z.array(message) }),
    errors: ["history_disabled"],
    audit: {
      action: "message.read",
      target: ({ query }) =>
        query.group_id === undefined
          ? `user/${query.user_id}/peer/${query.peer_id}`
          : `group/${query.group_id}`,
    },
    run: async ({ services, who }, { query }) => {
      const { historyRole, aesKey } = services.config.api;
      if (historyRole === null) throw new ApiError("history_disabled");
      if (!hasRole(who!, historyRole)) throw new ApiError("forbidden");
      if (query.before_id === 1) return { items: [] };
      const messages = await services.manage.run("messages.history", {
        type: query.group_id === undefined ? SESSION_TYPE_SINGLE : SESSION_TYPE_GROUP,
        userId: query.user_id ?? 0,
        sessionId: query.group_id ?? query.peer_id!,
        beginId: Math.max(0, query.before_id - 1),
        limit: query.limit,
      });
      return { items: messages.map((stored) => messageView(stored, aesKey)) };
    },
  }),
];

function messageView(stored: StoredMessage, aesKey: string): z.output<typeof message> {
  const isVoice = isAudioMessage(stored.type);
  return {
    id: stored.msgId,
    from_user_id: stored.fromId,
    created: stored.created,
    kind: isVoice ? "voice" : "text",
    text: isVoice ? null : decodeText(Uint8Array.fromBase64(stored.content), aesKey),
  };
}
