/**
 * Storing and reading messages. Decision: history is ordered by message id, which is the order in
 * which the engine stored the messages of a conversation; `created` comes from several msg_servers,
 * whose clocks may differ.
 */
import { isGroupMessage } from "../../message_class.ts";
import { ok, refused, type Result } from "../../result.ts";
import type {
  AppendRefusal,
  Conversation,
  HistoryQuery,
  MessageRow,
  MessageStore,
  NewMessage,
} from "../types.ts";
import type { ActiveUsers } from "./active_users.ts";
import type { Conversations } from "./conversations.ts";
import type { Database } from "./database.ts";
import type { LiveGroups } from "./live_groups.ts";
import type { Pairs } from "./pairs.ts";

export interface MessageParts {
  readonly db: Database;
  readonly activeUsers: ActiveUsers;
  readonly pairs: Pairs;
  readonly liveGroups: LiveGroups;
  readonly conversations: Conversations;
}

export class SqliteMessages implements MessageStore {
  readonly #parts: MessageParts;

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  append(message: NewMessage): Promise<Result<number, AppendRefusal>> {
    return this.#parts.db.writeCombined(() =>
      isGroupMessage(message.type) ? this.#appendGroup(message) : this.#appendSingle(message)
    );
  }

  list({ conversation, beginId, limit }: HistoryQuery): Promise<readonly MessageRow[]> {
    return this.#parts.db.read(() => {
      const visible = this.#parts.conversations.visible(conversation);
      return visible === null ? [] : visible.table.page(visible.view, { beginId, limit });
    });
  }

  byIds(conversation: Conversation, msgIds: readonly number[]): Promise<readonly MessageRow[]> {
    return this.#parts.db.read(() => {
      const visible = this.#parts.conversations.visible(conversation);
      return visible === null ? [] : visible.table.byIds(visible.view, msgIds);
    });
  }

  latestId(conversation: Conversation): Promise<number> {
    return this.#parts.db.read(() => {
      const visible = this.#parts.conversations.visible(conversation);
      return visible === null ? 0 : visible.table.latestId(visible.view);
    });
  }

  #appendSingle(message: NewMessage): Result<number, "unknown_receiver"> {
    const { activeUsers, pairs, conversations } = this.#parts;
    if (!activeUsers.has(message.toId)) return refused("unknown_receiver");
    const { relateId, msgId } = pairs.next(message);
    conversations.singleMessages.insert({ key: relateId, msgId }, message);
    return ok(msgId);
  }

  #appendGroup(message: NewMessage): Result<number, "unknown_group" | "not_a_member"> {
    const { liveGroups, conversations } = this.#parts;
    const members = liveGroups.members(message.toId);
    if (members === null) return refused("unknown_group");
    if (!members.has(message.fromId)) return refused("not_a_member");
    const msgId = liveGroups.next(message);
    conversations.groupMessages.insert({ key: message.toId, msgId }, message);
    return ok(msgId);
  }
}
