/** Requests in a closed loop: each client asks again as soon as it has its answer. */
import { type Figures, latencyFigures, usageFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";
import { delay, type Stage } from "../stage.ts";
import type { BenchClient } from "./bench_client.ts";
import type { ListRequest } from "./list_requests.ts";
import { nowUs } from "./message_frame.ts";
import { Requests } from "./requests.ts";

/** How long answers may take after the window. */
const DRAIN_LIMIT_SEC = 10;

export interface LoopedRequest extends ListRequest {
  /** Whether the answer is what was asked for. */
  readonly isRight: (answer: Uint8Array) => boolean;
}

/** @param request the next request of a client */
export async function measureRequests(
  stage: Stage,
  clients: readonly BenchClient[],
  request: (client: BenchClient) => LoopedRequest,
): Promise<Figures> {
  const took = new Histogram();
  const meter = stage.meter();
  let [isRunning, isMeasuring] = [true, false];
  let [bytes, wrong, underWay] = [0, 0, 0];
  const loop = async (client: BenchClient): Promise<void> => {
    const requests = new Requests(client);
    while (isRunning) {
      const { frame, answerId, isRight } = request(client);
      const beganUs = nowUs();
      underWay++;
      const answer = await requests.ask(frame, answerId);
      underWay--;
      if (!isRight(answer)) wrong++;
      if (!isMeasuring) continue;
      took.add(nowUs() - beganUs);
      bytes += answer.length;
    }
  };
  const loops = Promise.all(clients.map(loop));
  await delay(stage.warmUpSec);
  meter.start();
  isMeasuring = true;
  await delay(stage.options.seconds);
  isMeasuring = false;
  meter.stop();
  isRunning = false;
  await Promise.race([loops, delay(DRAIN_LIMIT_SEC)]);
  const { usage } = meter;
  return {
    answers_per_s: took.count / usage.seconds,
    mib_per_s: bytes / usage.seconds / 2 ** 20,
    ...latencyFigures("answer", took),
    ...usageFigures(usage, took.count),
    wrong,
    lost: underWay,
  };
}
