/** A thread of `deno task sim`: is told one seed at a time and answers with its result. */
/// <reference lib="deno.worker" />
import { SeedRunner } from "./seed_runner.ts";

const runner = SeedRunner.create();

self.onmessage = async ({ data }: MessageEvent<number | "end">) => {
  const seeds = await runner;
  if (data !== "end") return self.postMessage(await seeds.run(data));
  seeds[Symbol.dispose]();
  self.postMessage("ended");
};
