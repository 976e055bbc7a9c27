/** One user who sends: numbers its messages and knows which are under way. */
import type { BenchClient } from "./bench_client.ts";
import type { MessageTemplate } from "./message_frame.ts";
import { nowUs } from "./message_frame.ts";
import type { Verifier } from "./verifier.ts";

const SEQ_NUM_MASK = 0xffff;

interface UnderWay {
  readonly number: number;
  readonly sentUs: number;
}

export interface SenderOptions {
  readonly verifier: Verifier;
  readonly template: MessageTemplate;
  /** How many receivers each message has. */
  readonly copies: number;
}

export class Sender {
  /** Called when the server has acknowledged a message. */
  onAck: () => void = () => {};
  /** Called when every receiver has a message. */
  onLastCopy: () => void = () => {};
  readonly #client: BenchClient;
  readonly #options: SenderOptions;
  /** By seq_num, waiting for the ack. */
  readonly #unacked = new Map<number, UnderWay>();
  /** By number, how many receivers have it; only of messages that some have and some not. */
  readonly #copies = new Map<number, number>();

  constructor(client: BenchClient, options: SenderOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Sends the next message. Its latency counts from `timeUs`. */
  send(timeUs: number = nowUs()): void {
    const { verifier, template } = this.#options;
    const number = verifier.sent(this.#client.userId);
    this.#unacked.set(number & SEQ_NUM_MASK, { number, sentUs: timeUs });
    this.#client.send(template.frame(number, timeUs));
  }

  /** Takes an ack; returns since when it was waited for, `null` for one that was not. */
  acked(seqNum: number): number | null {
    const message = this.#unacked.get(seqNum) ?? null;
    this.#unacked.delete(seqNum);
    this.#options.verifier.acked(this.#client.userId, message?.number ?? null);
    if (message !== null) this.onAck();
    return message?.sentUs ?? null;
  }

  /** Takes a delivery; returns whether it was the last one that was due. */
  delivered(number: number): boolean {
    const copies = (this.#copies.get(number) ?? 0) + 1;
    if (copies < this.#options.copies) {
      this.#copies.set(number, copies);
      return false;
    }
    this.#copies.delete(number);
    this.onLastCopy();
    return true;
  }
}
