/** What arrives while a run is measured: counts and latencies. */
import { type Figures, latencyFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";

export class Window {
  /** Send to ack, send to each arrival, and send to the arrival at the last receiver; microseconds. */
  readonly ack = new Histogram();
  readonly delivery = new Histogram();
  readonly lastCopy = new Histogram();

  get acks(): number {
    return this.ack.count;
  }

  figures(seconds: number): Figures {
    return {
      acked_per_s: this.acks / seconds,
      delivered_per_s: this.delivery.count / seconds,
      ...latencyFigures("ack", this.ack),
      ...latencyFigures("delivery", this.delivery),
      ...latencyFigures("last_copy", this.lastCopy),
    };
  }
}
