/**
 * A relay in front of a server, which breaks, stalls, delays and loses what passes. When the server
 * behind it is away it refuses connections as the server's port would.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { Pipe } from "./pipe.ts";

const HOST = "127.0.0.1";

/** Why connections are refused. */
export type Refusal = "cut" | "target is down";
/** `there`: from whoever connected to the server; `back`: to whoever connected. */
export type Direction = "there" | "back";

export class LinkProxy implements AsyncDisposable {
  readonly port: number;
  readonly #targetPort: number;
  readonly #pipes = new Set<Pipe>();
  /** Both ends of every connection, also of those that are dead. */
  readonly #sockets = new Set<Socket>();
  readonly #refusals = new Set<Refusal>();
  readonly #stalled = new Set<Direction>();
  #server: Server | null = null;
  #delayMs = 0;
  #bytesPerSec = Infinity;
  #isVoid = false;

  constructor(port: number, targetPort: number) {
    this.port = port;
    this.#targetPort = targetPort;
  }

  /** Accepts connections until a reason not to. */
  async open(): Promise<void> {
    const server = createServer(
      { allowHalfOpen: true, noDelay: true },
      (near) => this.#accept(near),
    );
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: HOST, port: this.port }, resolve);
    });
  }

  /** Connections are refused from now on, or no longer for this reason. */
  async refuse(reason: Refusal, isSo: boolean): Promise<void> {
    if (isSo) this.#refusals.add(reason);
    else this.#refusals.delete(reason);
    if (this.#refusals.size > 0) this.#close();
    else if (this.#server === null) await this.open();
  }

  /** All connections break. */
  breakAll(): void {
    for (const pipe of this.#pipes) pipe.destroy();
  }

  /** All connections are dead from now on, for good, and neither side is told. */
  loseAll(): void {
    for (const pipe of this.#pipes) pipe.abandon();
    this.#pipes.clear();
  }

  /** New connections are dead from their begin, or no longer. */
  swallow(isSo: boolean): void {
    this.#isVoid = isSo;
  }

  /** Nothing passes, on the connections there are and on new ones, until told otherwise. */
  stall(isStalled: boolean, directions: readonly Direction[] = ["there", "back"]): void {
    for (const direction of directions) {
      if (isStalled) this.#stalled.add(direction);
      else this.#stalled.delete(direction);
    }
    for (const pipe of this.#pipes) pipe.update();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** No more than so much passes each way on each connection; `Infinity`: all of it. */
  throttle(bytesPerSec: number): void {
    this.#bytesPerSec = bytesPerSec;
    if (bytesPerSec === Infinity) { for (const pipe of this.#pipes) pipe.hurry(); }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    this.breakAll();
    for (const socket of this.#sockets) socket.destroy();
    return Promise.resolve();
  }

  #close(): void {
    this.#server?.close();
    this.#server = null;
  }

  #accept(near: Socket): void {
    this.#keep(near);
    if (this.#isVoid) {
      near.pause();
      return;
    }
    const far = connect({
      host: HOST,
      port: this.#targetPort,
      allowHalfOpen: true,
      noDelay: true,
    });
    this.#keep(far);
    for (
      const [from, to, direction] of [[near, far, "there"], [far, near, "back"]] as const
    ) {
      const pipe = new Pipe(from, to, {
        delayMs: () => this.#delayMs,
        bytesPerSec: () => this.#bytesPerSec,
        isStalled: () => this.#stalled.has(direction),
        closed: () => this.#pipes.delete(pipe),
      });
      this.#pipes.add(pipe);
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {/* "close" follows */});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
