/** One end of a link that sends what it is given and keeps nothing of what comes. */
import {
  type Address,
  type Link,
  type Network,
  SERVER_LINK_LIMITS,
} from "../../../shared/netlib/mod.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";

export class BareLink {
  readonly #link: Link;
  readonly #gone: Promise<void>;
  #isOpen = true;
  #frames = 0;
  #onFrame: (frame: Uint8Array | null) => void = () => {};

  constructor(network: Network, address: Address) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gone = promise;
    this.#link = network.connect(address, SERVER_LINK_LIMITS, {
      frame: (_link, frame) => {
        this.#frames++;
        this.#onFrame(frame);
      },
      closed: () => {
        this.#isOpen = false;
        this.#onFrame(null);
        resolve();
      },
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many came. */
  get frames(): number {
    return this.#frames;
  }

  send(frame: Uint8Array): void {
    this.#link.send(frame);
  }

  /** The next frame with this command, or `null` when the link is closed before. */
  answer(commandId: number): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      this.#onFrame = (frame) => {
        if (frame === null || commandIdOf(frame) === commandId) resolve(frame);
      };
      if (!this.#isOpen) resolve(null);
    });
  }

  /** Resolves when both ends know. */
  async close(): Promise<void> {
    this.#link.close("done");
    await this.#gone;
  }
}
