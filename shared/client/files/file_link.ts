/**
 * A connection to a file_server for one task: it logs in, says that it is alive, and hands over what
 * comes one frame at a time. Whoever takes the frames sets the pace: when {@link MAX_QUEUED_FRAMES}
 * wait, the connection is not read from.
 */
import {
  CID_FILE_LOGIN_REQ,
  CID_FILE_LOGIN_RES,
  CID_FILE_STATE,
  CID_OTHER_HEARTBEAT,
  type ClientFileRole,
  type ClientFileState,
  type Codec,
  IMFileLoginReq,
  IMFileLoginRsp,
  IMFileState,
} from "../../../proto/mod.ts";
import type { Clock, Timer } from "../../clock.ts";
import {
  type Address,
  type ConnectTls,
  formatAddress,
  type Link,
  type Network,
} from "../../netlib/mod.ts";
import { bodyOf, buildEmptyFrame, buildFrame, commandIdOf } from "../../pdu/mod.ts";
import { ConnectionLostError, DeadlineError, FileRefusedError } from "../errors.ts";

export interface FileTransferOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** One of the addresses that came with the task. */
  readonly address: Address;
  /** Speaks TLS; the address is then with the `tls_port` that came with the task. */
  readonly tls?: ConnectTls;
  readonly taskId: string;
  readonly userId: number;
  /** Ends the transfer; the other side is told that it is cancelled. */
  readonly signal?: AbortSignal;
  /** Longest wait for the file_server or, online, for the other user, in milliseconds. */
  readonly idleLimitMs?: number;
  /** Told how many bytes of the file have been sent or written so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** file_server closes a client that is silent for 120 s (docs/spec/wire.md 3). */
const HEARTBEAT_MS = 30_000;
const MAX_QUEUED_FRAMES = 16;
/** Unsent output with which no more is sent until it has left. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const LIMITS = { maxFrameBytes: 16 * 1024 * 1024, maxBacklogBytes: 32 * 1024 * 1024 };

export class FileLink implements AsyncDisposable {
  readonly #options: FileTransferOptions & { readonly idleLimitMs: number };
  readonly #link: Link;
  readonly #heartbeat: Timer;
  readonly #gone = Promise.withResolvers<void>();
  readonly #queue: Uint8Array[] = [];
  #closedBecause: string | null = null;
  #wake: () => void = () => {};
  #seqNum = 0;

  private constructor(options: FileTransferOptions & { readonly idleLimitMs: number }) {
    const { network, clock, address } = options;
    this.#options = options;
    this.#link = network.connect(address, { ...LIMITS, tls: options.tls }, {
      opened: () => this.#wake(),
      frame: (_link, frame) => this.#receive(frame),
      closed: (_link, reason) => {
        this.#closedBecause = reason;
        this.#heartbeat.cancel();
        this.#gone.resolve();
        this.#wake();
      },
    });
    this.#heartbeat = clock.every(HEARTBEAT_MS, () => {
      if (this.#link.isOpen) this.#link.send(buildEmptyFrame(CID_OTHER_HEARTBEAT, 0));
    });
  }

  /**
   * Connects and logs in.
   * @throws {FileRefusedError} when the file_server says no
   * @throws {ConnectionLostError | DeadlineError} when it cannot be reached, or does not answer
   */
  static async logIn(
    options: FileTransferOptions & { readonly idleLimitMs: number },
    role: ClientFileRole,
  ): Promise<FileLink> {
    const link = new FileLink(options);
    try {
      link.send(CID_FILE_LOGIN_REQ, IMFileLoginReq, {
        user_id: options.userId,
        task_id: options.taskId,
        file_role: role,
      });
      const frame = await link.next();
      if (commandIdOf(frame) !== CID_FILE_LOGIN_RES) {
        throw new ConnectionLostError("Cannot log in: the file_server answers something else");
      }
      const { result_code } = IMFileLoginRsp.decode(bodyOf(frame));
      if (result_code !== 0) throw new FileRefusedError("login", result_code);
      return link;
    } catch (error) {
      await link[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends a message with the next sequence number, or the one given. */
  send<Init>(
    commandId: number,
    codec: Pick<Codec<unknown, Init>, "encode">,
    message: Init,
    seqNum?: number,
  ): void {
    this.#seqNum = (this.#seqNum % 0xffff) + 1;
    this.#link.send(buildFrame(commandId, seqNum ?? this.#seqNum, codec.encode(message)));
  }

  report(state: ClientFileState): void {
    const { taskId, userId } = this.#options;
    this.send(CID_FILE_STATE, IMFileState, { state, task_id: taskId, user_id: userId });
  }

  /** Waits while too much is unsent. */
  async whenAbleToSend(): Promise<void> {
    if (this.#link.backlogBytes > MAX_UNSENT_BYTES) await this.#link.whenDrained();
  }

  /**
   * The next frame; echoes of heartbeats are left out.
   * @throws {ConnectionLostError | DeadlineError} also the reason of an aborted signal
   */
  async next(): Promise<Uint8Array> {
    this.#options.signal?.throwIfAborted();
    while (this.#queue.length === 0) {
      if (this.#closedBecause !== null) {
        const where = formatAddress(this.#options.address);
        throw new ConnectionLostError(`Lost the file_server ${where}: ${this.#closedBecause}`);
      }
      await this.#change();
      this.#options.signal?.throwIfAborted();
    }
    const frame = this.#queue.shift()!;
    if (this.#queue.length === MAX_QUEUED_FRAMES - 1) this.#link.resume();
    return frame;
  }

  /** Closes the connection behind what was sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closedBecause === null) this.#link.close("the transfer has ended");
    await this.#gone.promise;
    await this.#link.whenGone();
  }

  #receive(frame: Uint8Array): void {
    if (commandIdOf(frame) === CID_OTHER_HEARTBEAT) return;
    this.#queue.push(frame);
    if (this.#queue.length === MAX_QUEUED_FRAMES) this.#link.pause();
    this.#wake();
  }

  /** Waits until something has come, or has changed. */
  #change(): Promise<void> {
    const { clock, idleLimitMs, signal } = this.#options;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        deadline.cancel();
        signal?.removeEventListener("abort", wake);
        this.#wake = () => {};
        settle();
      };
      const wake = (): void => end(resolve);
      const deadline = clock.after(
        idleLimitMs,
        () => end(() => reject(new DeadlineError(`Nothing came within ${idleLimitMs} ms`))),
      );
      signal?.addEventListener("abort", wake);
      this.#wake = wake;
    });
  }
}
