/**
 * Pushes to phones, from a stored message to push_server (docs/spec/flows.md 18).
 *
 *     waiting, per receiver or group → round → push_server
 *       round: who of the group does not shield it (0x0711) → tokens (0x0705)
 *              → texts → who has a PC online (here, or 0x020a) → pushes (0x070f)
 *
 * A receiver or group has one round at a time; what is stored meanwhile waits for the next one and
 * shares its questions, as with the members of a group (`state/group_fan_out.ts`). Messages never
 * wait for a push: a round begins after the delivery, few rounds run at a time, so that few of their
 * questions are before a message in db_proxy, and each step of a round is short. What is too much is
 * dropped.
 *
 * Rounds are the one thing in msg_server that waits for answers, beside the handlers. Each time one
 * goes on it looks anew at who is connected.
 */
import {
  CID_OTHER_PUSH_TO_USER_REQ,
  IMMsgData,
  IMPushToUserReq,
  type UserTokenInfo,
} from "../../../proto/mod.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import { isAudioMessage, isGroupMessage } from "../../../shared/message_class.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import type { PushLinks } from "../links/push_links.ts";
import type { UserTable } from "../state/user_table.ts";
import type { PushLookup } from "./push_lookup.ts";
import { type PushText, pushText } from "./push_text.ts";

/** Messages that wait for their round: some 20 MB. Of more nothing is pushed. */
export const MAX_WAITING_PUSHES = 5000;
/** Rounds at a time, each with one question under way. */
export const MAX_ROUNDS = 16;
/** Messages of one round; the others of a busy group wait for the next. */
export const MAX_ROUND_MESSAGES = 50;
/** Users of one question; a larger group is asked about piece by piece. */
export const MAX_QUESTION_USERS = 100;
/** What is dropped is logged at most this often. */
const LOG_PAUSE_MS = 60_000;

/** `push_type`: a silent push sets the badge only, for who sits at a PC. */
const PUSH_NORMAL = 1;
const PUSH_SILENT = 2;

/** Stored messages of one conversation that go to the same users. */
export interface PushBatch {
  readonly receivers: ReadonlySet<number>;
  readonly messages: readonly IMMsgData[];
}

export interface PushPipelineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly aesKey: string;
  readonly users: Pick<UserTable, "get">;
  readonly lookup: PushLookup;
  readonly links: Pick<PushLinks, "hasOpenLink" | "send">;
}

interface Push extends PushText {
  readonly authorId: number;
  readonly receivers: ReadonlySet<number>;
}

export class PushPipeline {
  readonly #options: PushPipelineOptions;
  /** By receiver or group, in the order in which they get their next round. */
  readonly #waiting = new Map<string, PushBatch[]>();
  #waitingCount = 0;
  readonly #rounds = new Map<string, Promise<void>>();
  #dropped = 0;
  #loggedAtMs = -Infinity;
  #isStopped = false;

  constructor(options: PushPipelineOptions) {
    this.#options = options;
  }

  /** Whether there is a push_server; without one nothing needs to be added. */
  get isOn(): boolean {
    return this.#options.links.hasOpenLink && !this.#isStopped;
  }

  /** Takes stored messages of one conversation, after they were delivered. */
  add({ receivers, messages }: PushBatch): void {
    const [first] = messages;
    if (!this.isOn || first === undefined) return;
    const taken = messages.slice(0, MAX_WAITING_PUSHES - this.#waitingCount).map(withoutSound);
    this.#drop(messages.length - taken.length);
    if (taken.length === 0) return;
    const key = `${isGroupMessage(first.msg_type) ? "group" : "user"} ${first.to_session_id}`;
    const batch = { receivers, messages: taken };
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, [batch]);
    else waiting.push(batch);
    this.#waitingCount += taken.length;
    this.#startRounds();
  }

  /** Ends all rounds; what they have not pushed is dropped. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#options.lookup.stop();
    await Promise.all(this.#rounds.values());
  }

  #startRounds(): void {
    if (!this.isOn) return this.#giveUp();
    for (const [key, batches] of this.#waiting) {
      if (this.#rounds.size >= MAX_ROUNDS) return;
      if (!this.#rounds.has(key)) this.#startRound(key, batches);
    }
  }

  #startRound(key: string, batches: readonly PushBatch[]): void {
    const [now, later] = takeMessages(batches, MAX_ROUND_MESSAGES);
    this.#waiting.delete(key);
    // Put in again at the end: the others come first.
    if (later.length > 0) this.#waiting.set(key, later);
    this.#waitingCount -= countOf(now);
    const round = this.#run(now).catch((error: unknown) => {
      this.#options.log.error("round of pushes failed", { error });
    });
    this.#rounds.set(
      key,
      round.then(() => {
        this.#rounds.delete(key);
        this.#startRounds();
      }),
    );
  }

  /** Nobody is there to push, so nothing is asked. */
  #giveUp(): void {
    this.#waiting.clear();
    this.#drop(this.#waitingCount);
    this.#waitingCount = 0;
  }

  async #run(batches: readonly PushBatch[]): Promise<void> {
    const { lookup } = this.#options;
    const first = batches[0]!.messages[0]!;
    const message = IMMsgData.encode(first);
    const groupId = isGroupMessage(first.msg_type) ? first.to_session_id : null;
    const receivers = new Set(batches.flatMap((batch) => [...batch.receivers]));
    let pushes: readonly Push[] | null = null;
    for (const piece of piecesOf([...receivers], MAX_QUESTION_USERS)) {
      const wanted = groupId === null ? piece : await lookup.unshielded(groupId, piece, message);
      if (wanted?.length === 0) continue;
      const tokens = wanted === null ? null : await lookup.tokensOf(wanted, message);
      if (tokens === null) return this.#drop(countOf(batches));
      if (tokens.length === 0) continue;
      pushes ??= await this.#pushesOf(batches);
      if (pushes.length === 0) return;
      await this.#pushTo(tokens, pushes);
    }
  }

  /** The texts of all messages that can be read. */
  async #pushesOf(batches: readonly PushBatch[]): Promise<readonly Push[]> {
    const { aesKey } = this.#options;
    const authorIds = batches.flatMap(({ messages }) => messages.map((one) => one.from_user_id));
    const nicks = await this.#nicksOf([...new Set(authorIds)]);
    return batches.flatMap(({ receivers, messages }) =>
      messages.flatMap((message) => {
        const authorId = message.from_user_id;
        const text = pushText(message, { nick: nicks.get(authorId) ?? null, aesKey });
        return text === null ? [] : [{ ...text, authorId, receivers }];
      })
    );
  }

  /** Of authors who have gone since, db_proxy is asked (docs/spec/pitfalls.md P-PUSH4). */
  async #nicksOf(authorIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const { users, lookup } = this.#options;
    const here = authorIds.flatMap((id) => {
      const user = users.get(id);
      return user === undefined ? [] : [[id, user.nick] as const];
    });
    const nicks = new Map(here);
    const gone = authorIds.filter((id) => !nicks.has(id));
    return gone.length === 0 ? nicks : new Map([...nicks, ...await lookup.nicksOf(gone)]);
  }

  /** At once to users who are connected here, to the others when it is known what they have. */
  async #pushTo(tokens: readonly UserTokenInfo[], pushes: readonly Push[]): Promise<void> {
    const { users, lookup } = this.#options;
    const wanted = tokens.filter((token) => pushes.some((push) => isFor(push, token)));
    const isHere = ({ user_id }: UserTokenInfo): boolean => users.get(user_id) !== undefined;
    const elsewhere = wanted.filter((token) => !isHere(token));
    this.#send(wanted.filter(isHere), pushes, (id) => users.get(id)?.hasPcOnline === true);
    if (elsewhere.length === 0) return;
    const { flash, data } = pushes[0]!;
    const online = await lookup.pcOnline(
      elsewhere.map(({ user_id }) => user_id),
      IMPushToUserReq.encode({ flash, data, user_token_list: elsewhere }),
    );
    this.#send(elsewhere, pushes, (id) => online.has(id));
  }

  /** One frame per message, to all whom it is for. */
  #send(
    tokens: readonly UserTokenInfo[],
    pushes: readonly Push[],
    hasPcOnline: (userId: number) => boolean,
  ): void {
    const typed = tokens.map((token) => ({
      ...token,
      push_type: hasPcOnline(token.user_id) ? PUSH_SILENT : PUSH_NORMAL,
    }));
    for (const push of pushes) {
      const user_token_list = typed.filter((token) => isFor(push, token));
      if (user_token_list.length === 0) continue;
      const { flash, data } = push;
      const body = IMPushToUserReq.encode({ flash, data, user_token_list });
      const isSent = this.#options.links.send(buildFrame(CID_OTHER_PUSH_TO_USER_REQ, 0, body));
      if (!isSent) this.#drop(1);
    }
  }

  /** Counts messages that somebody gets no push of, and says so now and then. */
  #drop(count: number): void {
    this.#dropped += count;
    const { clock, log } = this.#options;
    if (this.#dropped === 0 || clock.nowMs() - this.#loggedAtMs < LOG_PAUSE_MS) return;
    log.warn("pushes dropped", { messages: this.#dropped });
    this.#dropped = 0;
    this.#loggedAtMs = clock.nowMs();
  }
}

/** Nobody is told what he wrote himself. */
function isFor({ authorId, receivers }: Push, { user_id: userId }: UserTokenInfo): boolean {
  return userId !== authorId && receivers.has(userId);
}

/** What a push needs of a message: not the sound, which may be large, and nothing of ours. */
function withoutSound(message: IMMsgData): IMMsgData {
  const { attach_data: _ours, ...rest } = message;
  return isAudioMessage(rest.msg_type) ? { ...rest, msg_data: new Uint8Array(0) } : rest;
}

function countOf(batches: readonly PushBatch[]): number {
  return batches.reduce((sum, { messages }) => sum + messages.length, 0);
}

/** The first `limit` messages and the rest. */
function takeMessages(
  batches: readonly PushBatch[],
  limit: number,
): [taken: PushBatch[], rest: PushBatch[]] {
  const taken: PushBatch[] = [];
  const rest: PushBatch[] = [];
  let room = limit;
  for (const { receivers, messages } of batches) {
    if (room > 0) taken.push({ receivers, messages: messages.slice(0, room) });
    if (room < messages.length) rest.push({ receivers, messages: messages.slice(room) });
    room = Math.max(0, room - messages.length);
  }
  return [taken, rest];
}

function piecesOf<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let i = 0; i < items.length; i += size) pieces.push(items.slice(i, i + size));
  return pieces;
}
