/**
 * Writes of a TLS socket that are under way. A plain socket tells by an empty write when all before it
 * are done; over TLS an empty write breaks the connection (Deno 2.9.6), so they are counted.
 */
import type { Socket } from "node:net";

interface Waiting {
  readonly count: number;
  readonly resolve: () => void;
}

export class WriteCount {
  readonly #socket: Socket;
  #begun = 0;
  #done = 0;
  #waiting: Waiting[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array): void {
    this.#begun++;
    this.#socket.write(bytes, this.#written);
  }

  /** Calls `resolve` when all writes so far are done; never when the socket closes before. */
  afterAll(resolve: () => void): void {
    if (this.#done === this.#begun) resolve();
    else this.#waiting.push({ count: this.#begun, resolve });
  }

  readonly #written = (): void => {
    this.#done++;
    while (this.#waiting.length > 0 && this.#waiting[0]!.count <= this.#done) {
      this.#waiting.shift()!.resolve();
    }
  };
}
