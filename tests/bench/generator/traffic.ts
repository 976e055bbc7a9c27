/**
 * Messages under way in one run. Books are kept of all of them; counts and latencies only of what
 * arrives inside the measured window.
 */
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/mod.ts";
import { commandIdOf, seqNumOf } from "../../../shared/pdu/mod.ts";
import type { BenchClient } from "./bench_client.ts";
import { type Figures, usageFigures } from "../measure/figures.ts";
import { MessageTemplate, nowUs, readStamp } from "./message_frame.ts";
import { Sender } from "./sender.ts";
import { delay, type Stage } from "../stage.ts";
import { Verifier } from "./verifier.ts";
import { Window } from "./window.ts";

/** How long acks and deliveries may take after the last message was sent. */
const DRAIN_LIMIT_SEC = 10;
const DRAIN_CHECK_SEC = 0.01;

export class Traffic {
  readonly #runId = Math.floor(Math.random() * 2 ** 32);
  readonly #verifier = new Verifier();
  readonly #senders = new Map<number, Sender>();
  /** `null` outside of the measured time. */
  #window: Window | null = null;

  /** Makes a client a sender of messages to one user or group. Their clients are added separately. */
  addSender(
    client: BenchClient,
    to: { readonly sessionId: number; readonly kind: "single" | "group" },
    receivers: readonly BenchClient[],
  ): Sender {
    const type = to.kind === "group" ? MSG_TYPE_GROUP_TEXT : MSG_TYPE_SINGLE_TEXT;
    const senderId = client.userId;
    const sender = new Sender(client, {
      verifier: this.#verifier,
      copies: receivers.length,
      template: new MessageTemplate({ runId: this.#runId, senderId, toId: to.sessionId, type }),
    });
    this.#verifier.addSender(senderId, receivers.map(({ userId }) => userId));
    this.#senders.set(senderId, sender);
    return sender;
  }

  /** Takes what arrives for the client from now on. */
  watch(client: BenchClient): void {
    client.onFrame = (frame) => {
      const commandId = commandIdOf(frame);
      if (commandId === CID_MSG_DATA) this.#delivered(client.userId, frame);
      else if (commandId === CID_MSG_DATA_ACK) this.#acked(client.userId, seqNumOf(frame));
    };
  }

  /**
   * Sends until the measured window is over, then waits for what is still under way. May be called
   * again: faults are those since the beginning, all else is of the last window.
   */
  async measure(stage: Stage, { start }: { start: () => { stop(): void } }): Promise<Figures> {
    const meter = stage.meter();
    const window = new Window();
    const sending = start();
    await delay(stage.warmUpSec);
    meter.start();
    this.#window = window;
    await delay(stage.options.seconds);
    this.#window = null;
    meter.stop();
    sending.stop();
    await this.#drain();
    return {
      ...window.figures(meter.usage.seconds),
      ...usageFigures(meter.usage, window.acks),
      messages_sent: this.#verifier.messagesSent,
      ...this.#verifier.faults(),
    };
  }

  #acked(senderId: number, seqNum: number): void {
    const sentUs = this.#senders.get(senderId)!.acked(seqNum);
    if (sentUs !== null) this.#window?.ack.add(nowUs() - sentUs);
  }

  #delivered(receiverId: number, frame: Uint8Array): void {
    const stamp = readStamp(frame);
    if (stamp === null || stamp.runId !== this.#runId) return;
    const { senderId, number, timeUs } = stamp;
    if (!this.#verifier.delivered(senderId, receiverId, number)) return;
    const tookUs = nowUs() - timeUs;
    this.#window?.delivery.add(tookUs);
    const isLastCopy = this.#senders.get(senderId)!.delivered(number);
    if (isLastCopy) this.#window?.lastCopy.add(tookUs);
  }

  async #drain(): Promise<void> {
    const limitUs = nowUs() + DRAIN_LIMIT_SEC * 1e6;
    while (!this.#verifier.isSettled && nowUs() < limitUs) await delay(DRAIN_CHECK_SEC);
  }
}
