/**
 * A relay in front of a server, which breaks, stalls and delays what passes. When the server behind
 * it is away it refuses connections as the server's port would.
 */
import { connect, createServer, type Server, type Socket } from "node:net";

const HOST = "127.0.0.1";
/** What is read ahead of the other side, at most, in bytes. */
const MAX_HELD = 4 * 1024 * 1024;

/** Why connections are refused. */
export type Refusal = "cut" | "target is down";

export class LinkProxy implements AsyncDisposable {
  readonly port: number;
  readonly #targetPort: number;
  readonly #pipes = new Set<Pipe>();
  readonly #refusals = new Set<Refusal>();
  #server: Server | null = null;
  #delayMs = 0;
  #isStalled = false;

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

  /** Nothing passes, on the connections there are and on new ones, until told otherwise. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    for (const pipe of this.#pipes) pipe.update();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    this.breakAll();
    return Promise.resolve();
  }

  #close(): void {
    this.#server?.close();
    this.#server = null;
  }

  #accept(near: Socket): void {
    const far = connect({
      host: HOST,
      port: this.#targetPort,
      allowHalfOpen: true,
      noDelay: true,
    });
    for (const [from, to] of [[near, far], [far, near]] as const) {
      const pipe = new Pipe(from, to, {
        delayMs: () => this.#delayMs,
        isStalled: () => this.#isStalled,
        closed: () => this.#pipes.delete(pipe),
      });
      this.#pipes.add(pipe);
    }
  }
}

interface PipeRules {
  readonly delayMs: () => number;
  readonly isStalled: () => boolean;
  readonly closed: () => void;
}

/** One direction. What was read waits in order until it is due. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #rules: PipeRules;
  #held: { readonly dueMs: number; readonly chunk: Uint8Array | null }[] = [];
  #heldBytes = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(from: Socket, to: Socket, rules: PipeRules) {
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    from.on("data", (chunk: Uint8Array) => this.#hold(chunk));
    from.on("end", () => this.#hold(null));
    from.on("error", () => {/* "close" follows */});
    from.on("close", () => {
      rules.closed();
      if (this.#timer !== null) clearTimeout(this.#timer);
      to.destroy();
    });
    to.on("drain", () => this.update());
  }

  destroy(): void {
    this.#from.destroy();
    this.#to.destroy();
  }

  /** Passes on what is due, and reads on when there is room. */
  update(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rules.isStalled()) return this.#readOrWait();
    const nowMs = performance.now();
    while (this.#held.length > 0 && this.#held[0]!.dueMs <= nowMs && !this.#to.writableNeedDrain) {
      const { chunk } = this.#held.shift()!;
      if (chunk === null) {
        this.#to.end();
      } else {
        this.#heldBytes -= chunk.length;
        this.#to.write(chunk);
      }
    }
    const next = this.#held[0];
    if (next !== undefined && next.dueMs > nowMs) {
      this.#timer = setTimeout(() => this.update(), next.dueMs - nowMs);
    }
    this.#readOrWait();
  }

  #hold(chunk: Uint8Array | null): void {
    const dueMs = performance.now() + this.#rules.delayMs();
    // Nothing overtakes what came before, also when the delay has become shorter.
    this.#held.push({ dueMs: Math.max(dueMs, this.#held.at(-1)?.dueMs ?? 0), chunk });
    this.#heldBytes += chunk?.length ?? 0;
    this.update();
  }

  #readOrWait(): void {
    if (this.#heldBytes > MAX_HELD) this.#from.pause();
    else this.#from.resume();
  }
}
