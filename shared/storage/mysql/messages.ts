/** Storing and reading messages. History is ordered by message id, as in the embedded engine. */
import { isAudioMessage } from "../../message_class.ts";
import { refused, type Result } from "../../result.ts";
import type {
  AppendRefusal,
  Conversation,
  HistoryQuery,
  MessageRow,
  MessageStore,
  NewMessage,
} from "../types.ts";
import type { Conversations } from "./conversations.ts";
import type { MessageWriter } from "./message_writer.ts";
import type { Sounds } from "./sounds.ts";
import { WaitingLine } from "./waiting_line.ts";

export interface MessageParts {
  readonly writer: MessageWriter;
  readonly conversations: Conversations;
  readonly sounds: Sounds;
}

export class MysqlMessages implements MessageStore {
  readonly #parts: MessageParts;
  readonly #line = new WaitingLine();

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  /** A sound is uploaded first; what comes after it in the conversation waits for it. */
  append(message: NewMessage): Promise<Result<number, AppendRefusal>> {
    const { writer, sounds } = this.#parts;
    if (isAudioMessage(message.type)) {
      return this.#line.enter(lineOf(message), async () => {
        const refusal = await writer.refusal(message);
        if (refusal !== null) return () => Promise.resolve(refused(refusal));
        const content = await sounds.save(message);
        return () => writer.store({ ...message, content });
      });
    }
    return this.#line.follow(lineOf(message), () => writer.store(message));
  }

  async list(query: HistoryQuery): Promise<readonly MessageRow[]> {
    const { conversations, sounds } = this.#parts;
    const view = await conversations.visible(query.conversation);
    return view === null ? [] : await sounds.into(await conversations.page(view, query));
  }

  async byIds(
    conversation: Conversation,
    msgIds: readonly number[],
  ): Promise<readonly MessageRow[]> {
    const { conversations, sounds } = this.#parts;
    const view = await conversations.visible(conversation);
    return view === null ? [] : await sounds.into(await conversations.byIds(view, msgIds));
  }

  async latestId(conversation: Conversation): Promise<number> {
    const { conversations } = this.#parts;
    const view = await conversations.visible(conversation);
    return view === null ? 0 : await conversations.latestId(view);
  }
}

/** The conversation that the message belongs to, whoever of a pair writes. */
function lineOf({ type, fromId, toId }: NewMessage): string {
  return `${type & 0x10}-${Math.min(fromId, toId)}-${Math.max(fromId, toId)}`;
}
