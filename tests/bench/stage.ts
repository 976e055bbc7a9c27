/** What a case works with: one suite, one run. */
import { CID_OTHER_HEARTBEAT, type ClientType, IMHeartBeat } from "../../proto/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { BenchClient, type BenchNetwork } from "./generator/bench_client.ts";
import { lookUpMsgServer } from "./generator/lookup.ts";
import { nowUs } from "./generator/message_frame.ts";
import { Meter } from "./measure/meter.ts";
import type { Place } from "./place/place.ts";
import type { WatchedProcess } from "./suite/running_suite.ts";

/** Logins under way at a time, unless a scenario is about them. */
const SETUP_LOGINS = 64;
/** Every client says so often that it is there, as real ones do; every second some of them. */
const HEARTBEAT_SEC = 30;

export interface StageOptions {
  readonly network: BenchNetwork;
  readonly lookup: Address;
  readonly processes: readonly WatchedProcess[];
  readonly password: string;
  readonly seconds: number;
  /** `null`: of a suite that somebody else started. */
  readonly place: Place | null;
}

export interface LoginRange {
  readonly first: number;
  readonly last: number;
  readonly clientType: ClientType;
  readonly concurrency?: number;
  /** Gets each client as soon as it is logged in, before anything else arrives for it. */
  readonly onClient?: (client: BenchClient) => void;
  /** Told how long each one took, in microseconds: look-up, connect and login. */
  readonly onLogin?: (tookUs: number) => void;
  /** A login that fails; by default it ends the run. */
  readonly onFailure?: (error: unknown) => void;
}

export class Stage implements AsyncDisposable {
  readonly options: StageOptions;
  readonly #clients: BenchClient[] = [];
  readonly #heartbeats: ReturnType<typeof setInterval>;

  constructor(options: StageOptions) {
    this.options = options;
    const frame = buildFrame(CID_OTHER_HEARTBEAT, 0, IMHeartBeat.encode({}));
    let turn = 0;
    this.#heartbeats = setInterval(() => {
      turn++;
      for (let i = turn % HEARTBEAT_SEC; i < this.#clients.length; i += HEARTBEAT_SEC) {
        this.#clients[i]!.send(frame);
      }
    }, 1000);
  }

  meter(): Meter {
    return new Meter(this.options.processes);
  }

  /** How long to run before the window begins, so that the code is compiled: two seconds at most. */
  get warmUpSec(): number {
    return Math.min(2, this.options.seconds / 2);
  }

  /** Logs `user<first>` to `user<last>` in; resolves with those that are, in the order of ids. */
  async logIn(range: LoginRange): Promise<readonly BenchClient[]> {
    const {
      onFailure = (error) => {
        throw error;
      },
    } = range;
    const clients: BenchClient[] = [];
    let next = range.first;
    const one = async () => {
      while (next <= range.last) {
        const name = `user${next++}`;
        const beganUs = nowUs();
        try {
          const client = await this.#logInOne(name, range.clientType);
          range.onLogin?.(nowUs() - beganUs);
          range.onClient?.(client);
          clients.push(client);
          this.#clients.push(client);
        } catch (error) {
          onFailure(error);
        }
      }
    };
    await Promise.all(Array.from({ length: range.concurrency ?? SETUP_LOGINS }, one));
    return clients.sort((a, b) => a.userId - b.userId);
  }

  async #logInOne(name: string, clientType: ClientType): Promise<BenchClient> {
    const { network, lookup, password } = this.options;
    const server = await lookUpMsgServer(lookup);
    return await BenchClient.logIn(network, server, { name, password, clientType });
  }

  /** Closes everything that was logged in. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeats);
    return this.closeAll();
  }
}

export function delay(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
