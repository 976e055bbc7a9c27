/** What went through this server since it started, for the figures of the management API. */
export class TrafficCounters {
  /** Messages that clients of this server sent and storage took. */
  messages = 0;
  /** Copies of messages sent to terminals. */
  deliveries = 0;
}
