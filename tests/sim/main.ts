/**
 * `deno task sim`: the whole cluster in one thread, on virtual time, with faults, from one seed after
 * the other (docs/reliability.md). Exits with 1 when something promised was broken, with 2 when the
 * command line makes no sense.
 */
import { parseSimOptions, type SimOptions, UsageError } from "./options.ts";
import type { RunResult } from "./run_seed.ts";
import { SeedRunner } from "./seed_runner.ts";
import { describeRun, failedRun, Totals } from "./totals.ts";

/** Runs between two lines about the progress. */
const PROGRESS_RUNS = 500;

function print(line: string): void {
  // deno-lint-ignore no-console -- the output of a command
  console.log(line);
}

async function replay({ firstSeed, trace }: SimOptions, totals: Totals): Promise<void> {
  using runner = await SeedRunner.create();
  const result = await runner.run(firstSeed, trace ? print : undefined);
  totals.add(result);
  print(describeRun(result));
  print(`digest ${result.digest.toString(16)}`);
}

/** Hands the seeds to threads, one at a time each. */
async function sweep({ firstSeed, seeds, workers }: SimOptions, totals: Totals): Promise<void> {
  let next = firstSeed;
  const startedMs = performance.now();
  const done = (result: RunResult): void => {
    totals.add(result);
    if (result.violations.length > 0) print(describeRun(result));
    if (totals.runs % PROGRESS_RUNS > 0) return;
    const minutes = (performance.now() - startedMs) / 60_000;
    print(`${totals}; ${Math.round(totals.runs / minutes)} a minute`);
  };
  await Promise.all(Array.from({ length: Math.min(workers, seeds) }, async () => {
    let worker = startWorker();
    while (next < firstSeed + seeds) {
      const seed = next++;
      try {
        done(await answerOf(worker, seed));
      } catch (error) {
        // A thread that has thrown is of no use any more; the other seeds need not suffer.
        worker.terminate();
        worker = startWorker();
        done(failedRun(seed, String(error)));
      }
    }
    await answerOf(worker, "end");
    worker.terminate();
  }));
}

function startWorker(): Worker {
  return new Worker(import.meta.resolve("./worker.ts"), { type: "module" });
}

function answerOf(worker: Worker, message: number | "end"): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(message);
  });
}

try {
  const options = parseSimOptions(Deno.args, navigator.hardwareConcurrency);
  const totals = new Totals();
  if (options.seeds === 1) await replay(options, totals);
  else await sweep(options, totals);
  print(`${totals}`);
  Deno.exitCode = totals.violated.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  print(error.message);
  Deno.exitCode = 2;
}
