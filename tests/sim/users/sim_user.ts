/** A terminal of a user: logs in, talks, reads, is thrown out and comes back. */
import {
  type ClientType,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
  SESSION_TYPE_GROUP,
} from "../../../proto/mod.ts";
import { type Client, connectClient, lookupOverTcp } from "../../../shared/client/mod.ts";
import type { SessionRef } from "../../../shared/client/requests/history.ts";
import type { Network } from "../../../shared/netlib/mod.ts";
import type { Random } from "../../../shared/random.ts";
import { LOOKUP } from "../cluster/roles.ts";
import { conversationOf, type Ledger, type Terminal } from "../ledger.ts";
import type { SimProcess } from "../world/process.ts";

export interface SimUserOptions {
  readonly id: number;
  /** The user's machine. */
  readonly process: SimProcess;
  readonly network: Network;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly passwordHash: string;
  readonly clientType: ClientType;
  /** Whom and where the user talks. */
  readonly sessions: readonly SessionRef[];
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const REQUEST_LIMIT_MS = 4_000;
const MIN_THINK_MS = 200;
const MAX_THINK_MS = 10_000;
const MIN_RETRY_MS = 200;
const MAX_RETRY_MS = 2_000;

export class SimUser {
  readonly id: number;
  readonly process: SimProcess;
  client: Client | null = null;
  /** Sessions that the user has marked as read at some time. */
  readonly read = new Set<string>();
  isTalking = true;
  readonly #options: SimUserOptions;
  #logins = 0;

  constructor(options: SimUserOptions) {
    this.id = options.id;
    this.process = options.process;
    this.#options = options;
  }

  get isOnline(): boolean {
    return this.client?.isOnline ?? false;
  }

  get sessions(): readonly SessionRef[] {
    return this.#options.sessions;
  }

  /** Goes on as long as the run does. */
  async live(): Promise<void> {
    await this.pause(0, MAX_RETRY_MS);
    for (;;) {
      if (!this.isOnline) await this.#logIn();
      else if (this.isTalking) await this.#act();
      await this.pause(
        this.isOnline ? MIN_THINK_MS : MIN_RETRY_MS,
        this.isOnline ? MAX_THINK_MS : MAX_RETRY_MS,
      );
    }
  }

  /** Logs in as soon as that succeeds, and is gone for good when the connection ends. */
  async visit(): Promise<void> {
    while (this.client === null) {
      await this.pause(MIN_RETRY_MS, MAX_THINK_MS);
      await this.#logIn();
    }
    while (this.isOnline) {
      if (this.isTalking) await this.#act();
      await this.pause(MIN_THINK_MS, MAX_THINK_MS);
    }
  }

  /** Sends one message; resolves when it is acknowledged or given up. */
  async say({ session_type, session_id }: SessionRef): Promise<void> {
    const { client } = this;
    if (client === null || !client.isOnline) return;
    const { ledger } = this.#options;
    const said = ledger.say(
      this.id,
      `${this.process.name} ${this.#logins}`,
      conversationOf(this.id, session_type, session_id),
    );
    try {
      const ack = await client.sendMessage({
        to_session_id: session_id,
        msg_type: session_type === SESSION_TYPE_GROUP ? MSG_TYPE_GROUP_TEXT : MSG_TYPE_SINGLE_TEXT,
        msg_data: ENCODER.encode(said.text),
      });
      ledger.wasAcked(said, ack.msg_id);
    } catch {
      // No ack: it may be stored or not.
    }
  }

  async #logIn(): Promise<void> {
    const { network, process: { clock }, random, passwordHash, clientType } = this.#options;
    this.client = null;
    try {
      const client = await connectClient({
        network,
        clock,
        random,
        server: (signal) => lookupOverTcp(network, LOOKUP, { clock, signal }),
        userName: `user${this.id}`,
        passwordHash,
        clientType,
        requestTimeoutMs: REQUEST_LIMIT_MS,
        pushBufferLimit: 1,
      });
      this.#watch(client);
      this.client = client;
      this.#logins++;
    } catch {
      // Tried again after a pause.
    }
  }

  #watch(client: Client): void {
    const { ledger } = this.#options;
    const terminal: Terminal = { userId: this.id, lastIds: new Map() };
    client.on("message", (message) => {
      ledger.wasDelivered(terminal, {
        conversation: conversationOf(this.id, message.session_type, message.session_id),
        msgId: message.msg_id,
        text: DECODER.decode(message.msg_data),
      });
    });
  }

  async #act(): Promise<void> {
    const { random, sessions } = this.#options;
    const session = sessions[Math.floor(random.next() * sessions.length)]!;
    const chance = random.next();
    if (chance < 0.4) return void this.say(session);
    if (chance < 0.6) return await this.say(session);
    if (chance < 0.75) {
      // In a burst, so that several are under way.
      for (let i = 0; i < 4; i++) void this.say(session);
      return;
    }
    if (chance < 0.85) return this.#markRead(session);
    if (chance < 0.87) return void await this.client!.close();
    await this.#lookAround(session);
  }

  #markRead({ session_type, session_id }: SessionRef): void {
    if (!this.isOnline) return;
    this.read.add(conversationOf(this.id, session_type, session_id));
    try {
      this.client!.readAck({ session_type, session_id }, 0);
    } catch {
      // The connection has just been closed, and nobody was told yet.
    }
  }

  /** What a client asks after it came back. */
  async #lookAround(session: SessionRef): Promise<void> {
    const client = this.client!;
    try {
      await client.unread();
      await client.messageList(session);
    } catch {
      // Offline, or no answer in time.
    }
  }

  /** For a while on the user's own clock. */
  pause(minMs: number, maxMs: number): Promise<void> {
    const { process, random } = this.#options;
    return new Promise((resolve) => {
      process.clock.after(minMs + random.next() * (maxMs - minMs), resolve);
    });
  }
}
