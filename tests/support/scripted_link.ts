/**
 * A neighbour that a test plays itself: one connection to a server under test, over TCP or over a
 * `MemoryNetwork`. Frames that arrive wait in a queue; whoever asks for the next one waits with a
 * deadline, which only failures reach.
 *
 * ```ts
 * await using link = await ScriptedLink.connect(server.addresses.msgServer);
 * link.send(CID_OTHER_ROLE_SET, IMRoleSet.encode({ master: 1 }));
 * const status = await link.expect(CID_BUDDY_LIST_STATUS_NOTIFY, IMUserStatNotify);
 * ```
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { CID_OTHER_HEARTBEAT } from "../../proto/mod.ts";
import { type Address, type Network, SERVER_LINK_LIMITS } from "../../shared/netlib/mod.ts";
import { buildFrame, commandIdOf, describeFrame, FrameDecoder } from "../../shared/pdu/mod.ts";

/** How long something expected may take, in milliseconds. */
export const DEADLINE_MS = 5000;

export interface NextOptions {
  /** Heartbeats come by themselves, so they are skipped unless a test is about them. */
  readonly heartbeats?: "skip" | "keep";
}

/** What is under a scripted link. */
interface Wire {
  send(bytes: Uint8Array): void;
  pause(): void;
  resume(): void;
  /** Ends the connection in an orderly way; resolves when nothing of it is left. */
  close(): Promise<void>;
}

interface WireEvents {
  frame(frame: Uint8Array): void;
  ended(): void;
}

export class ScriptedLink implements AsyncDisposable {
  #inbox: Uint8Array[] = [];
  /** How many frames of the inbox were taken; a benchmark has too many for `shift`. */
  #taken = 0;
  #wire: Wire | null = null;
  #hasEnded = false;
  #changed: () => void = () => {};

  /** Connects over TCP, or over the network given. Fails when nobody listens there. */
  static async connect(address: Address, network?: Network): Promise<ScriptedLink> {
    const link = new ScriptedLink();
    const events: WireEvents = {
      frame(frame) {
        link.#inbox.push(frame);
        link.#changed();
      },
      ended() {
        link.#hasEnded = true;
        link.#changed();
      },
    };
    link.#wire = network === undefined
      ? await tcpWire(address, events)
      : await networkWire(address, { network, events });
    return link;
  }

  send(commandId: number, body: Uint8Array, { seqNum = 0 } = {}): void {
    this.sendBytes(buildFrame(commandId, seqNum, body));
  }

  /** Sends bytes as they are; over a `MemoryNetwork` they have to be one frame. */
  sendBytes(bytes: Uint8Array): void {
    this.#wire!.send(bytes);
  }

  /** Stops and restarts reading, so that the other side has to wait. */
  pause(): void {
    this.#wire!.pause();
  }

  resume(): void {
    this.#wire!.resume();
  }

  /** The next frame that arrives. Fails when the link ends or the deadline passes before it. */
  async next({ heartbeats = "skip" }: NextOptions = {}): Promise<Uint8Array> {
    for (;;) {
      const frame = this.#inbox[this.#taken];
      if (frame === undefined) {
        this.#inbox = [];
        this.#taken = 0;
        assert.ok(!this.#hasEnded, "the other side closed the link; a frame was expected");
        await this.#change("a frame");
        continue;
      }
      this.#taken++;
      if (heartbeats === "keep" || commandIdOf(frame) !== CID_OTHER_HEARTBEAT) return frame;
    }
  }

  /** The next frame, which has to be this command, decoded. */
  async expect<Message>(
    commandId: number,
    codec: { decode(body: Uint8Array): Message },
  ): Promise<Message> {
    const frame = await this.next();
    assert.equal(commandIdOf(frame), commandId, `unexpected ${describeFrame(frame)}`);
    return codec.decode(frame.subarray(16));
  }

  /** The next frame, which has to have exactly these bytes. */
  async expectBytes(bytes: Uint8Array): Promise<void> {
    assert.equal((await this.next()).toHex(), bytes.toHex());
  }

  /**
   * Shows that nothing is under way to this link: `send` sends the fence down the path that the
   * unwanted frame would have come, and the fence has to be the next frame here.
   */
  async assertNothingBefore(fence: Uint8Array, send: () => void): Promise<void> {
    send();
    await this.expectBytes(fence);
  }

  /** Waits until the other side has closed the link. Frames that came before stay in the queue. */
  async ended(): Promise<void> {
    while (!this.#hasEnded) await this.#change("the end of the link");
  }

  close(): Promise<void> {
    return this.#wire!.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits for something to arrive. */
  #change(awaited: string): Promise<void> {
    return withDeadline(awaited, (resolve) => {
      this.#changed = resolve;
    });
  }
}

/** Runs `start` and waits until it resolves. @throws when {@link DEADLINE_MS} pass before that */
export function withDeadline<T = void>(
  awaited: string,
  start: (resolve: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Waited ${DEADLINE_MS} ms in vain for ${awaited}`)),
      DEADLINE_MS,
    );
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

async function tcpWire(address: Address, events: WireEvents): Promise<Wire> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  const decoder = new FrameDecoder(SERVER_LINK_LIMITS.maxFrameBytes);
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (chunk: Uint8Array) => decoder.push(chunk, (frame) => events.frame(frame)));
  socket.on("error", () => {/* a reset is one way to end; "close" follows */});
  socket.on("end", () => events.ended());
  void gone.then(() => events.ended());
  const outcome = await withDeadline<string>("the outcome of a connect", (resolve) => {
    socket.once("connect", () => resolve("connected"));
    void gone.then(() => resolve("refused"));
  });
  assert.equal(outcome, "connected", "the connection was refused");
  return {
    send: (bytes) => void socket.write(bytes),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close() {
      socket.end();
      return withDeadline("the end of a socket", (resolve) => void gone.then(resolve));
    },
  };
}

async function networkWire(
  address: Address,
  { network, events }: { readonly network: Network; readonly events: WireEvents },
): Promise<Wire> {
  const gone = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<string>();
  const link = network.connect(address, SERVER_LINK_LIMITS, {
    opened: () => outcome.resolve("connected"),
    frame: (_link, frame) => events.frame(frame),
    closed() {
      outcome.resolve("refused");
      events.ended();
      gone.resolve();
    },
  });
  assert.equal(await outcome.promise, "connected", "the connection was refused");
  return {
    send: (bytes) => link.send(bytes),
    pause: () => link.pause(),
    resume: () => link.resume(),
    close() {
      link.close("the test closes it");
      return withDeadline("the end of a link", (resolve) => void gone.promise.then(resolve));
    },
  };
}
