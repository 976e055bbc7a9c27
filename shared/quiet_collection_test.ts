import { strictEqual as equal } from "node:assert/strict";
import { ManualClock } from "./clock.ts";
import { DenoRuntime, QuietCollection, type Runtime } from "./quiet_collection.ts";

const MIB = 1024 * 1024;

/** A process that grows and works as a test says; a collection takes it back to what it needs. */
class Process implements Runtime {
  needsMib = 60;
  holdsMib = 60;
  cores = 0;
  collectMs = 10;
  collections = 0;
  readonly #clock = new ManualClock();
  #cpuMs = 0;
  readonly #collection = new QuietCollection(this.#clock, this);

  residentBytes(): number {
    return this.holdsMib * MIB;
  }

  cpuMs(): number {
    return this.#cpuMs;
  }

  collect(): void {
    this.collections++;
    this.#cpuMs += this.collectMs;
    this.holdsMib = this.needsMib;
  }

  /** Grows in each of so many seconds. */
  run(seconds: number, mibPerSecond = 0): void {
    for (let second = 0; second < seconds; second++) {
      this.holdsMib += mibPerSecond;
      this.#cpuMs += 1000 * this.cores;
      this.#clock.advance(1000);
    }
  }

  stop(): void {
    this.#collection.stop();
    equal(this.#clock.pendingTimers, 0);
  }
}

Deno.test("QuietCollection: a process with little to do collects after each second of work", () => {
  const process = new Process();
  process.cores = 0.1;
  process.run(9);
  equal(process.collections, 0);
  process.run(1);
  equal(process.collections, 1);
  process.run(100);
  equal(process.collections, 11);
  process.stop();
});

Deno.test("QuietCollection: a process that does nothing collects nothing", () => {
  const process = new Process();
  process.run(10_000);
  equal(process.collections, 0);
  process.stop();
});

Deno.test("QuietCollection waits for the end of a storm", () => {
  const process = new Process();
  process.cores = 0.9;
  process.run(5, 10);
  equal(process.collections, 0);
  process.cores = 0.02;
  process.run(1);
  equal(process.collections, 1);
  process.run(40);
  equal(process.collections, 1);
  process.stop();
});

Deno.test("QuietCollection: what grows with little work is collected, and kept when it is needed", () => {
  const process = new Process();
  process.run(7, 1);
  equal(process.collections, 0);
  process.run(1, 1);
  equal(process.collections, 1);
  process.run(1);
  process.needsMib = 200;
  process.run(1, 140);
  equal(process.collections, 2);
  process.run(1000);
  equal(process.collections, 2);
  process.stop();
});

Deno.test("QuietCollection: a storm without end does not more than double a process", () => {
  const process = new Process();
  process.cores = 0.9;
  process.run(100, 5);
  equal(process.collections > 3, true);
  equal(process.holdsMib <= 2 * (process.needsMib + 5), true);
  process.stop();
});

Deno.test("QuietCollection takes a twentieth of the work, also where a collection takes long", () => {
  const process = new Process();
  process.cores = 0.1;
  process.collectMs = 100;
  process.run(10);
  equal(process.collections, 1);
  process.run(200);
  equal(process.collections, 11);
  process.stop();
});

Deno.test("DenoRuntime frees what nobody holds any more, and can do it again", async () => {
  const runtime = new DenoRuntime();
  for (let round = 0; round < 2; round++) {
    const gone = new WeakRef({ some: "thing" });
    // What a turn has looked at stays until its end.
    await new Promise((resolve) => setImmediate(resolve));
    runtime.collect();
    equal(gone.deref(), undefined);
  }
});

Deno.test("DenoRuntime knows what this process holds and how long it has worked", () => {
  const runtime = new DenoRuntime();
  const cpuMs = runtime.cpuMs();
  while (runtime.cpuMs() < cpuMs + 10);
  const mib = runtime.residentBytes() / MIB;
  equal(mib > 20 && mib < 20_000, true);
});
