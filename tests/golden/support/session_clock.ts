/** The clock of the recorded session: its time of day is set by the test, its timers are real. */
import { type Clock, systemClock, type Timer } from "../../../shared/clock.ts";

const SECOND_MS = 1000;

export class SessionClock implements Clock {
  #nowSec: number;
  readonly #everySecond = new Set<() => void>();

  constructor(startSec: number) {
    this.#nowSec = startSec;
  }

  /** What servers write into `server_time` and `create_time` from now on. */
  setSec(sec: number): void {
    this.#nowSec = sec;
  }

  /** Runs what runs every second so many times at once: time limits pass without waiting. */
  passSeconds(seconds: number): void {
    for (let passed = 0; passed < seconds; passed++) {
      for (const run of this.#everySecond) run();
    }
  }

  nowMs(): number {
    return this.#nowSec * SECOND_MS;
  }

  elapsedMs(): number {
    return systemClock.elapsedMs();
  }

  after(delayMs: number, run: () => void): Timer {
    return systemClock.after(delayMs, run);
  }

  every(periodMs: number, run: () => void): Timer {
    const timer = systemClock.every(periodMs, run);
    if (periodMs === SECOND_MS) this.#everySecond.add(run);
    return {
      cancel: () => {
        this.#everySecond.delete(run);
        timer.cancel();
      },
    };
  }

  soon(run: () => void): void {
    systemClock.soon(run);
  }
}
