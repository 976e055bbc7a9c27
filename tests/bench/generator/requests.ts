/** Requests of one user. Answers of a kind come in the order of the requests. */
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import type { BenchClient } from "./bench_client.ts";

export class Requests {
  readonly #client: BenchClient;
  /** Who waits for an answer with this command, longest first. */
  readonly #waiting = new Map<number, ((answer: Uint8Array) => void)[]>();

  /** Takes over what arrives for the client, and passes on what nobody here waits for. */
  constructor(client: BenchClient) {
    this.#client = client;
    const next = client.onFrame;
    client.onFrame = (frame) => {
      const waiting = this.#waiting.get(commandIdOf(frame))?.shift();
      if (waiting === undefined) next(frame);
      else waiting(frame);
    };
  }

  /** Resolves with the answer, a frame with the command `answerId`; never when the link closes. */
  ask(frame: Uint8Array, answerId: number): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(answerId) ?? [];
      waiting.push(resolve);
      this.#waiting.set(answerId, waiting);
      this.#client.send(frame);
    });
  }
}
