/**
 * One terminal of one user: stays logged in as a real client does, which looks for a msg_server again
 * when it has lost its own, and writes down what it is told.
 */
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  type ClientType,
  IMMsgData,
  IMMsgDataAck,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
  USER_STATUS_OFFLINE,
  type UserStat,
} from "../../../proto/mod.ts";
import { type Client, connectClient } from "../../../shared/client/mod.ts";
import type { ReceivedMessage } from "../../../shared/client/events.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { Network } from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../../shared/pdu/mod.ts";
import { encodeText } from "../../../shared/text_cipher.ts";
import { PASSWORD } from "../../support/demo_data.ts";
import { isGroupName, nameOfSession, sessionOf } from "./conversations.ts";
import type { Journal, Presence, Sent } from "./journal.ts";
import type { FoundServer } from "./lookup.ts";

/** A client that hears nothing for three of these looks for another msg_server. */
const HEARTBEAT_MS = 1000;
const REQUEST_TIMEOUT_MS = 3000;
/** Before a terminal that could not log in tries again. */
const RETRY_MS = 250;
/** After which a sender does not count on an ack any more. */
const ACK_PATIENCE_MS = 5000;
/** Above what the client library numbers its own requests with. */
const FIRST_SEQ_NUM = 30_000;

export interface TerminalOptions {
  readonly userId: number;
  readonly clientType: ClientType;
  readonly kind: "pc" | "phone";
  readonly network: Network;
  readonly lookup: (signal: AbortSignal) => Promise<FoundServer>;
  readonly journal: Journal;
}

export class Terminal {
  readonly id: string;
  readonly userId: number;
  readonly #options: TerminalOptions;
  /** Messages of the current connection that have no ack yet, by seq_num. */
  #unanswered = new Map<number, Sent>();
  #client: Client | null = null;
  #presence: Presence | null = null;
  #foundServer = "";
  #connections = 0;
  #seqNum = FIRST_SEQ_NUM;
  #isStopped = false;
  /** Users of whom the current connection was told last that they are offline. */
  readonly #toldOffline = new Set<number>();

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.userId = options.userId;
    this.id = `${options.userId}/${options.kind}`;
  }

  get isOnline(): boolean {
    return this.#client?.isOnline === true;
  }

  /** The msg_server it is logged in at, or was last. */
  get server(): string {
    return this.#presence?.server ?? "";
  }

  /** For requests; `null` while it is not online. */
  get client(): Client | null {
    return this.isOnline ? this.#client : null;
  }

  /** Messages sent on this connection whose ack may still come soon. */
  get unanswered(): number {
    const boundMs = performance.now() - ACK_PATIENCE_MS;
    let count = 0;
    for (const { atMs } of this.#unanswered.values()) if (atMs > boundMs) count++;
    return count;
  }

  /** Users who look offline to whoever believes all that this connection was told since its login. */
  get toldOffline(): ReadonlySet<number> {
    return this.#toldOffline;
  }

  /** Stays online until {@link stop}. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const client = await this.#connect();
        if (this.#isStopped) await client.close();
        await client.closed;
      } catch {
        // Nobody is there to log in to: again in a moment.
      }
      if (!this.#isStopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#client?.close("the run is over");
    this.#offline("the run is over");
  }

  /** Sends and forgets: what becomes of it is in the journal. `false` while it is not online. */
  send(conversation: string, text: string, place: number): boolean {
    const client = this.client;
    if (client === null || this.#presence === null) return false;
    const { connection, server } = this.#presence;
    const sent: Sent = {
      text,
      authorId: this.userId,
      conversation,
      terminal: this.id,
      server,
      connection,
      place,
      atMs: performance.now(),
      acks: [],
    };
    const seqNum = this.#seqNum++;
    const body = IMMsgData.encode({
      from_user_id: this.userId,
      to_session_id: sessionOf(conversation, this.userId).session_id,
      msg_id: 0,
      create_time: 0,
      msg_type: isGroupName(conversation) ? MSG_TYPE_GROUP_TEXT : MSG_TYPE_SINGLE_TEXT,
      msg_data: encodeText(text, client.aesKey),
    });
    try {
      client.sendFrame(buildFrame(CID_MSG_DATA, seqNum, body));
    } catch {
      return false; // The link has just closed, which the client is told next.
    }
    this.#options.journal.sent.set(text, sent);
    this.#unanswered.set(seqNum, sent);
    return true;
  }

  async #connect(): Promise<Client> {
    const { network, userId, clientType, lookup } = this.#options;
    const client = await connectClient({
      network,
      clock: systemClock,
      server: async (signal) => {
        const found = await lookup(signal);
        this.#foundServer = found.name;
        return found.answer;
      },
      userName: `user${userId}`,
      password: PASSWORD,
      clientType,
      heartbeatMs: HEARTBEAT_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      reconnect: true,
    });
    this.#client = client;
    this.#online();
    client.onFrame((frame) => this.#frame(frame));
    client.on("message", (message) => this.#message(message));
    client.on("status", (stat) => this.#status(stat));
    // What came right behind the login.
    for (const message of client.drain("message")) this.#message(message);
    client.on("disconnected", ({ reason }) => this.#offline(reason));
    client.on("reconnected", () => this.#online());
    client.on("kicked", () => this.#options.journal.kicks.push(this.id));
    client.on("closed", ({ reason }) => this.#offline(reason));
    return client;
  }

  #online(): void {
    this.#unanswered = new Map();
    this.#toldOffline.clear();
    this.#presence = {
      terminal: this.id,
      userId: this.userId,
      server: this.#foundServer,
      connection: ++this.#connections,
      fromMs: performance.now(),
      toMs: null,
      reason: null,
    };
    this.#options.journal.presences.push(this.#presence);
  }

  #offline(reason: string): void {
    if (this.#presence === null || this.#presence.toMs !== null) return;
    this.#presence.toMs = performance.now();
    this.#presence.reason = reason;
  }

  #frame(frame: Uint8Array): void {
    if (commandIdOf(frame) !== CID_MSG_DATA_ACK) return;
    const { msg_id: msgId } = IMMsgDataAck.decode(bodyOf(frame));
    const sent = this.#unanswered.get(seqNumOf(frame));
    if (sent === undefined) {
      this.#options.journal.strayAcks.push({ terminal: this.id, msgId });
      return;
    }
    this.#unanswered.delete(seqNumOf(frame));
    sent.acks.push({ atMs: performance.now(), msgId });
  }

  #status({ user_id: userId, status }: UserStat): void {
    if (status === USER_STATUS_OFFLINE) this.#toldOffline.add(userId);
    else this.#toldOffline.delete(userId);
  }

  #message(message: ReceivedMessage): void {
    this.#options.journal.seen.push({
      text: message.text ?? "",
      msgId: message.msg_id,
      authorId: message.from_user_id,
      conversation: nameOfSession(message, this.userId),
      terminal: this.id,
      viewerId: this.userId,
      connection: this.#connections,
      atMs: performance.now(),
    });
  }
}
