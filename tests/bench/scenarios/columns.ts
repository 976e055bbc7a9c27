/** Columns that several tables share. */
import type { Column } from "../scenario.ts";

/** Of the acks the middle and the slow end; the line of JSON has the rest. */
export const ACK: readonly Column[] = [
  { title: "ack ms p50", figure: "ack_p50_ms", digits: 2 },
  { title: "p99", figure: "ack_p99_ms", digits: 1 },
];

function latency(title: string, figure: string): readonly Column[] {
  return [
    { title: `${title} ms p50`, figure: `${figure}_p50_ms`, digits: 2 },
    { title: "p90", figure: `${figure}_p90_ms`, digits: 1 },
    { title: "p99", figure: `${figure}_p99_ms`, digits: 1 },
    { title: "p99.9", figure: `${figure}_p999_ms`, digits: 1 },
    { title: "max", figure: `${figure}_max_ms`, digits: 0 },
  ];
}

export const ACKED: Column = { title: "acked/s", figure: "acked_per_s", digits: 0 };
export const DELIVERED: Column = { title: "delivered/s", figure: "delivered_per_s", digits: 0 };
export const DELIVERY = latency("delivery", "delivery");
export const LAST_COPY = latency("last copy", "last_copy");
export const LOGIN = latency("login", "login");

/** How late an open loop was itself; it is part of the latencies. */
export const LAG: readonly Column[] = [
  { title: "sent late ms p50", figure: "lag_p50_ms", digits: 2 },
  { title: "p99", figure: "lag_p99_ms", digits: 2 },
];

export const REQUESTS: readonly Column[] = [
  { title: "answers/s", figure: "answers_per_s", digits: 0 },
  { title: "MiB/s", figure: "mib_per_s", digits: 1 },
  ...latency("answer", "answer"),
];

export const COST: readonly Column[] = [
  { title: "CPU µs", figure: "cpu_us", digits: 0, perProcess: true },
  { title: "peak MiB", figure: "peak_mib", digits: 0, perProcess: true },
];

export const CORES: readonly Column[] = [
  { title: "cores: server", figure: "server_cores", digits: 2 },
  { title: "engine", figure: "engine_cores", digits: 2 },
  { title: "generator", figure: "generator_cores", digits: 2 },
  { title: "% of machine", figure: "generator_pct", digits: 0 },
  { title: "others", figure: "other_cores", digits: 2 },
];

export const FAULTS: readonly Column[] = [
  { title: "lost", figure: "lost", digits: 0 },
  { title: "dup.", figure: "duplicated", digits: 0 },
  { title: "reord.", figure: "reordered", digits: 0 },
  { title: "stray", figure: "stray", digits: 0 },
  { title: "unacked", figure: "unacked", digits: 0 },
];

export const REQUEST_FAULTS: readonly Column[] = [
  { title: "lost", figure: "lost", digits: 0 },
  { title: "wrong", figure: "wrong", digits: 0 },
];
