/**
 * Keeps the books of a run: which message of which sender was sent, acknowledged by the server and
 * delivered to which receiver. Every sender numbers its messages from 1.
 */
import { SequenceSet } from "./sequence_set.ts";

export interface Faults {
  /** Acknowledged, but a receiver did not get it; one for each receiver. */
  readonly lost: number;
  /** Deliveries, or acks, of something that had come already. */
  readonly duplicated: number;
  /** Delivered after a later message of the same sender to the same receiver. */
  readonly reordered: number;
  /** Sent, but not acknowledged by the end of the run. */
  readonly unacked: number;
  /** Delivered to somebody it was not for, or never sent. */
  readonly stray: number;
}

interface SenderBooks {
  sent: number;
  readonly acked: SequenceSet;
  readonly receivers: ReadonlyMap<number, SequenceSet>;
}

export class Verifier {
  readonly #senders = new Map<number, SenderBooks>();
  #sent = 0;
  #acked = 0;
  #copiesDue = 0;
  #copies = 0;
  #duplicated = 0;
  #reordered = 0;
  #stray = 0;

  addSender(senderId: number, receiverIds: readonly number[]): void {
    const receivers = new Map(receiverIds.map((id) => [id, new SequenceSet()]));
    this.#senders.set(senderId, { sent: 0, acked: new SequenceSet(), receivers });
  }

  /** The sender sends its next message; returns its number. */
  sent(senderId: number): number {
    const books = this.#senders.get(senderId)!;
    this.#sent++;
    this.#copiesDue += books.receivers.size;
    return ++books.sent;
  }

  /** The server acknowledged a message; `null` stands for an ack of nothing that was waiting. */
  acked(senderId: number, number: number | null): void {
    const books = this.#senders.get(senderId)!;
    if (number === null || books.acked.add(number) === "repeated") this.#duplicated++;
    else this.#acked++;
  }

  /** A receiver got a message. Tells whether it was one that was due. */
  delivered(senderId: number, receiverId: number, number: number): boolean {
    const books = this.#senders.get(senderId);
    const arrived = books?.receivers.get(receiverId);
    if (books === undefined || arrived === undefined || number < 1 || number > books.sent) {
      this.#stray++;
      return false;
    }
    const arrival = arrived.add(number);
    if (arrival === "repeated") {
      this.#duplicated++;
      return false;
    }
    if (arrival === "late") this.#reordered++;
    this.#copies++;
    return true;
  }

  /** Whether everything that was sent has been acknowledged and delivered to everybody. */
  get isSettled(): boolean {
    return this.#acked === this.#sent && this.#copies === this.#copiesDue;
  }

  /** Messages of the run, warm-up included. */
  get messagesSent(): number {
    return this.#sent;
  }

  faults(): Faults {
    return {
      lost: this.#isAllDelivered() ? 0 : this.#countLost(),
      duplicated: this.#duplicated,
      reordered: this.#reordered,
      unacked: this.#sent - this.#acked,
      stray: this.#stray,
    };
  }

  #isAllDelivered(): boolean {
    return this.#copies === this.#copiesDue;
  }

  #countLost(): number {
    let lost = 0;
    for (const { sent, acked, receivers } of this.#senders.values()) {
      for (let number = 1; number <= sent; number++) {
        if (!acked.has(number)) continue;
        for (const arrived of receivers.values()) if (!arrived.has(number)) lost++;
      }
    }
    return lost;
  }
}
