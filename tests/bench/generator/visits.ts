/** Users who come and go, one after the other: look-up, connect, login, and away again. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import type { StageOptions } from "../stage.ts";
import { BenchClient } from "./bench_client.ts";
import { lookUpMsgServer } from "./lookup.ts";

export interface VisitsOptions extends Pick<StageOptions, "network" | "lookup" | "password"> {
  /** Ids of the users; each is there once at a time. */
  readonly first: number;
  readonly last: number;
  readonly perSecond: number;
}

export class Visits {
  /** Logins that were refused, closed or not answered. */
  failed = 0;
  /** Visits that are over, the failed ones among them. */
  done = 0;
  readonly #options: VisitsOptions;
  readonly #away: string[];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: VisitsOptions) {
    const { first, last, perSecond } = options;
    this.#options = options;
    this.#away = Array.from({ length: last - first + 1 }, (_, index) => `user${first + index}`);
    this.#timer = setInterval(() => this.#begin(), 1000 / perSecond);
  }

  /** Nobody comes any more; resolves when all are gone. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  /** While everybody is there nobody comes. */
  #begin(): void {
    const name = this.#away.shift();
    if (name === undefined) return;
    const visit: Promise<void> = this.#visit(name).finally(() => {
      this.done++;
      this.#away.push(name);
      this.#underWay.delete(visit);
    });
    this.#underWay.add(visit);
  }

  async #visit(name: string): Promise<void> {
    const { network, lookup, password } = this.#options;
    try {
      const server = await lookUpMsgServer(lookup);
      const identity = { name, password, clientType: CLIENT_TYPE_ANDROID };
      await (await BenchClient.logIn(network, server, identity)).close();
    } catch {
      this.failed++;
    }
  }
}
