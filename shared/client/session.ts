/**
 * A logged-in user over one or, when it reconnects, several connections in a row.
 *
 * State: `#connection` is the link in use or being opened, `#isOnline` whether it is logged in, and
 * `#ended` the reason once the client is closed, which is for good. Life-cycle: `start` logs in once;
 * a lost link either ends the client or starts `#comeBack`, which tries until it is online or the
 * client is closed. `#finish` is the one way out.
 */
import {
  CID_MSG_DATA_ACK,
  CLIENT_TYPE_ANDROID,
  type ClientType,
  IMMsgDataAck,
  REFUSE_REASON_DB_VALIDATE_FAILED,
  REFUSE_REASON_VERSION_TOO_OLD,
  type UserInfo,
} from "../../proto/mod.ts";
import { assert } from "../assert.ts";
import type { Timer } from "../clock.ts";
import type { Address } from "../netlib/mod.ts";
import { bodyOf, commandIdOf } from "../pdu/mod.ts";
import { systemRandom } from "../random.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../text_cipher.ts";
import { reconnectWaitMs } from "./backoff.ts";
import { Connection } from "./connection.ts";
import { ConnectionLostError, LoginRefusedError } from "./errors.ts";
import { EventHub } from "./event_hub.ts";
import type { ClientEvents, EventKind, ReceivedMessage } from "./events.ts";
import type { Exchange, Notice, Requester } from "./exchange.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { type LoggedIn, logIn, openFirst, serverAddresses } from "./log_in.ts";
import {
  type ConnectOptions,
  heartbeatPeriodMs,
  PUSH_BUFFER_LIMIT,
  REQUEST_TIMEOUT_MS,
} from "./options.ts";
import type { NextOptions } from "./push_channel.ts";
import { PUSH_READERS } from "./push_readers.ts";

export class ClientSession implements Requester, AsyncDisposable {
  readonly clientType: ClientType;
  readonly aesKey: string;
  /** Why the client ended. Resolves once, never rejects. */
  readonly closed: Promise<string>;
  /** Pushes that did not decode; they are dropped. */
  malformedPushes = 0;
  readonly #options: ConnectOptions;
  readonly #events: EventHub;
  readonly #closed = Promise.withResolvers<string>();
  readonly #stop = new AbortController();
  readonly #frameHandlers = new Set<(frame: Uint8Array) => void>();
  #connection: Connection | null = null;
  #isOnline = false;
  #ended: string | null = null;
  #wasKicked = false;
  #loggedIn: LoggedIn | null = null;
  #heartbeat: Timer | null = null;
  #comingBack: Promise<void> | null = null;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.clientType = options.clientType;
    this.aesKey = options.aesKey ?? DEFAULT_CLIENT_AES_KEY;
    this.closed = this.#closed.promise;
    this.#events = new EventHub({
      clock: options.clock,
      bufferLimit: options.pushBufferLimit ?? PUSH_BUFFER_LIMIT,
      timeoutMs: this.#timeoutMs,
    });
    this.#events.on("message", (message) => this.#acknowledge(message));
    this.#events.on("kicked", () => this.#kicked());
  }

  /** Logs in for the first time. Call {@link close} when it rejects. */
  async start(): Promise<void> {
    await this.#connect();
  }

  get userId(): number {
    return this.userInfo.user_id;
  }

  /** The user as the last login told. */
  get userInfo(): UserInfo {
    assert(this.#loggedIn !== null, "a client is only given out after its login");
    return this.#loggedIn.userInfo;
  }

  /** Server time of the last login, in unix seconds. */
  get loginTime(): number {
    return this.#loggedIn?.serverTime ?? 0;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Whether the client is closed for good. */
  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  /** Pushes that were dropped because nobody took them and the buffer of their kind was full. */
  get droppedPushes(): number {
    return this.#events.dropped;
  }

  async request<Init, Reply>(exchange: Exchange<Init, Reply>, message: Init): Promise<Reply> {
    return await this.#online().request(exchange, message);
  }

  async requestParts<Init, Reply>(
    exchange: Exchange<Init, Reply>,
    message: Init,
  ): Promise<Reply[]> {
    // Only these have a limit of frame size for which servers split.
    if (this.clientType !== CLIENT_TYPE_ANDROID) return [await this.request(exchange, message)];
    return await this.#online().requestParts(exchange, message);
  }

  notify<Init>(notice: Notice<Init>, message: Init): void {
    this.#online().notify(notice, message);
  }

  /** Sends bytes as they are. @throws {ConnectionLostError} when the link is down */
  sendFrame(frame: Uint8Array): void {
    this.#online().sendFrame(frame);
  }

  /**
   * Sees every received frame first. The frame is a view: copy what is kept. Returns the way out.
   */
  onFrame(handler: (frame: Uint8Array) => void): () => void {
    this.#frameHandlers.add(handler);
    return () => void this.#frameHandlers.delete(handler);
  }

  /** Calls `handler` for each event of the kind, in the turn it came in. Returns the way out. */
  on<Kind extends EventKind>(kind: Kind, handler: (event: ClientEvents[Kind]) => void): () => void {
    return this.#events.on(kind, handler);
  }

  /** The next event of the kind, which may have come before the call; each is given out once. */
  next<Kind extends EventKind>(
    kind: Kind,
    options?: NextOptions<ClientEvents[Kind]>,
  ): Promise<ClientEvents[Kind]> {
    return this.#events.next(kind, options);
  }

  /** The events of the kind that nobody took yet. */
  drain<Kind extends EventKind>(kind: Kind): ClientEvents[Kind][] {
    return this.#events.drain(kind);
  }

  /** Ends the client: sends what is queued, closes, rejects what waits. */
  async close(reason = "closed by the client"): Promise<void> {
    this.#finish(reason);
    await this.#connection?.closed;
    await this.#comingBack;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #timeoutMs(): number {
    return this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  #online(): Connection {
    if (this.#connection !== null && this.#isOnline) return this.#connection;
    throw new ConnectionLostError(`Cannot send: ${this.#ended ?? "not connected"}`);
  }

  async #connect(): Promise<void> {
    const addresses = await serverAddresses(this.#options, this.#stop.signal);
    const connection = await openFirst(addresses, (address) => this.#open(address));
    try {
      await logIn(connection, this.#options, (loggedIn) => this.#accepted(connection, loggedIn));
    } catch (error) {
      connection.close("login failed");
      throw error;
    }
  }

  #open(address: Address): Connection {
    if (this.#ended !== null) throw new ConnectionLostError(`Cannot connect: ${this.#ended}`);
    const connection = new Connection({
      network: this.#options.network,
      clock: this.#options.clock,
      address,
      ...(this.#options.tls === undefined ? {} : { tls: this.#options.tls }),
      timeoutMs: this.#timeoutMs,
      onFrame: (frame) => {
        for (const handler of [...this.#frameHandlers]) handler(frame);
      },
      onPush: (frame) => this.#pushed(frame),
    });
    this.#connection = connection;
    void connection.closed.then((reason) => this.#lost(connection, reason));
    return connection;
  }

  #accepted(connection: Connection, loggedIn: LoggedIn): void {
    const { clientType, clock, heartbeatMs = heartbeatPeriodMs(clientType) } = this.#options;
    this.#loggedIn = loggedIn;
    this.#isOnline = true;
    if (heartbeatMs !== null) this.#heartbeat = startHeartbeat(connection, clock, heartbeatMs);
  }

  #lost(connection: Connection, reason: string): void {
    if (connection !== this.#connection || !this.#isOnline) return;
    this.#isOnline = false;
    this.#heartbeat?.cancel();
    this.#events.emit("disconnected", { reason });
    if (this.#wasKicked) this.#finish("kicked");
    else if (this.#options.reconnect !== true) this.#finish(reason);
    else this.#comingBack = this.#comeBack();
  }

  /** Tries to log in again until it works or the client ends. Never rejects. */
  async #comeBack(): Promise<void> {
    const random = this.#options.random ?? systemRandom;
    for (let attempt = 1; this.#ended === null; attempt++) {
      await this.#pause(reconnectWaitMs(random, attempt));
      if (this.#ended !== null) return;
      try {
        await this.#connect();
        this.#events.emit("reconnected", { attempts: attempt });
        return;
      } catch (error) {
        if (isFinal(error)) this.#finish(error.message);
        // Any other failure may pass: the server is away, full, or lacks a server behind it.
      }
    }
  }

  /** Waits, or returns at once when the client ends. */
  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(ms, resolve);
    const { signal } = this.#stop;
    const ended = (): void => resolve();
    signal.addEventListener("abort", ended);
    await promise;
    signal.removeEventListener("abort", ended);
    timer.cancel();
  }

  #finish(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#isOnline = false;
    this.#heartbeat?.cancel();
    this.#stop.abort(new ConnectionLostError(`Cannot connect: ${reason}`));
    this.#connection?.close(reason);
    this.#events.emit("closed", { reason });
    this.#events.end(new ConnectionLostError(`No further push: ${reason}`));
    this.#frameHandlers.clear();
    this.#closed.resolve(reason);
  }

  #pushed(frame: Uint8Array): void {
    const reader = PUSH_READERS.get(commandIdOf(frame));
    if (reader === undefined || this.#loggedIn === null) return;
    let deliver;
    try {
      // A copy: what is kept of a push must not keep the chunk it came in.
      deliver = reader.read(new Uint8Array(bodyOf(frame)), this);
    } catch {
      // Bad bodies are dropped and the link stays open, as docs/spec/wire.md 2 has it for servers.
      this.malformedPushes++;
      return;
    }
    deliver((kind, event) => this.#events.emit(kind, event));
  }

  /** 0x0302 as the original clients send it (docs/spec/flows.md 8). */
  #acknowledge(message: ReceivedMessage): void {
    if (this.#options.deliveryAck === "off" || message.from_user_id === this.userId) return;
    this.#connection?.notify(DELIVERY_ACK, {
      user_id: this.userId,
      session_id: message.session_id,
      msg_id: message.msg_id,
      session_type: message.session_type,
    });
  }

  #kicked(): void {
    this.#wasKicked = true;
    // Later in this turn: the other handlers must hear of the kick before the end.
    if (this.#options.onKick !== "stay") queueMicrotask(() => this.#finish("kicked"));
  }
}

const DELIVERY_ACK: Notice<IMMsgDataAck> = { id: CID_MSG_DATA_ACK, request: IMMsgDataAck };

/** Refusals that trying again would only make worse: the password is checked against a lock-out. */
function isFinal(error: unknown): error is LoginRefusedError {
  return error instanceof LoginRefusedError &&
    (error.resultCode === REFUSE_REASON_DB_VALIDATE_FAILED ||
      error.resultCode === REFUSE_REASON_VERSION_TOO_OLD);
}
