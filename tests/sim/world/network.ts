/**
 * The network between simulated processes: delays, connections that are cut, pairs of processes that
 * cannot reach each other for a while. Listeners are ports, unique in the cluster.
 */
import {
  type Address,
  formatAddress,
  type Link,
  type LinkHandler,
  type LinkLimits,
  type Listener,
  ListenError,
  type ListenOptions,
  type Network,
} from "../../../shared/netlib/mod.ts";
import { SimLink } from "./link.ts";
import type { SimProcess } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";

const MIN_DELAY_MS = 0.05;
const MAX_DELAY_MS = 2;
/** Where all connections come from. */
const CLIENT_HOST = "10.0.1.1";
/** What a connect without an answer ends after. */
const CONNECT_LIMIT_MS = 10_000;

interface SimListener {
  readonly process: SimProcess;
  readonly options: ListenOptions;
  readonly accept: (link: Link) => LinkHandler;
  open: number;
  isStopped: boolean;
}

export class SimNetwork {
  readonly scheduler: Scheduler;
  readonly #listeners = new Map<number, SimListener>();
  readonly #links = new Set<SimLink>();
  /** Pairs of names between which nothing gets through. */
  readonly #splits = new Set<string>();
  #lastId = 0;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** The network as one process sees it. */
  of(process: SimProcess): Network {
    process.atDeath(() => this.#died(process));
    return {
      listen: (address, options, accept) => this.#listen(process, address, { options, accept }),
      connect: (address, limits, handler) => this.#connect(process, address, { limits, handler }),
      // Nobody asks over HTTP here.
      serveHttp: (address) => Promise.resolve({ address, stop: () => Promise.resolve() }),
      serveLookups: (address) => Promise.resolve({ address, stop: () => Promise.resolve() }),
    };
  }

  /** Nothing gets through between the two until {@link heal}. */
  split(one: string, other: string): void {
    this.#splits.add(pairOf(one, other));
  }

  heal(): void {
    this.#splits.clear();
    for (const link of this.#links) link.released();
  }

  /** Cuts one of the connections of the process, both ends at once; `false` when it has none. */
  cutOne(process: SimProcess): boolean {
    const links = [...this.#links].filter((link) => link.process === process && link.peer !== null);
    const link = links[Math.floor(this.scheduler.random.next() * links.length)];
    if (link === undefined) return false;
    link.peer!.shut("connection reset");
    link.shut("connection reset");
    return true;
  }

  /** When something that is sent to this end now gets there. */
  arrivalMs(_link: SimLink): number {
    const { random, nowMs } = this.scheduler;
    return nowMs + MIN_DELAY_MS + random.next() ** 4 * MAX_DELAY_MS;
  }

  isHeld(link: SimLink): boolean {
    return link.peer !== null && this.#isSplit(link.process, link.peer.process);
  }

  forget(link: SimLink): void {
    this.#links.delete(link);
  }

  #isSplit(one: SimProcess, other: SimProcess): boolean {
    return this.#splits.size > 0 && this.#splits.has(pairOf(one.name, other.name));
  }

  #listen(
    process: SimProcess,
    address: Address,
    { options, accept }: Pick<SimListener, "options" | "accept">,
  ): Promise<Listener> {
    if (this.#listeners.has(address.port)) {
      return Promise.reject(new ListenError(address, { code: "EADDRINUSE" }));
    }
    const listener = { process, options, accept, open: 0, isStopped: false };
    this.#listeners.set(address.port, listener);
    const stop = (): Promise<void> => {
      listener.isStopped = true;
      if (this.#listeners.get(address.port) === listener) this.#listeners.delete(address.port);
      return Promise.resolve();
    };
    return Promise.resolve({ address, stop });
  }

  #connect(
    process: SimProcess,
    address: Address,
    { limits, handler }: { readonly limits: LinkLimits; readonly handler: LinkHandler },
  ): Link {
    const remote = formatAddress(address);
    const near = new SimLink(this, process, { id: ++this.#lastId, remote, limits });
    near.handler = handler;
    this.#links.add(near);
    this.scheduler.at(this.arrivalMs(near), process, () => this.#establish(near, address.port));
    return near;
  }

  #establish(near: SimLink, port: number, waitedMs = 0): void {
    if (!near.isOpen) return;
    const listener = this.#listeners.get(port);
    if (listener !== undefined && this.#isSplit(near.process, listener.process)) {
      // As a SYN without an answer, which is sent again.
      if (waitedMs >= CONNECT_LIMIT_MS) return near.shut("no answer");
      const again = (): void => this.#establish(near, port, waitedMs + 1000);
      this.scheduler.at(this.scheduler.nowMs + 1000, near.process, again);
      return;
    }
    if (listener === undefined || listener.open >= listener.options.maxLinks) {
      return near.shut(listener === undefined ? "connection refused" : "too many links");
    }
    this.#join(near, listener);
  }

  #join(near: SimLink, listener: SimListener): void {
    const { process, options } = listener;
    const id = ++this.#lastId;
    const remote = `${CLIENT_HOST}:${id}`;
    const far = new SimLink(this, process, { id, remote, limits: options });
    near.peer = far;
    far.peer = near;
    this.#links.add(far);
    listener.open++;
    process.soon(() => {
      if (listener.isStopped) return far.abort("connection refused");
      const accepted = listener.accept(far);
      far.handler = {
        frame: (link, frame) => accepted.frame(link, frame),
        closed: (link, reason) => {
          listener.open--;
          accepted.closed(link, reason);
        },
      };
      far.start();
    });
    near.start();
  }

  /** The operating system closes what the process had: the other ends learn of it. */
  #died(process: SimProcess): void {
    for (const [port, listener] of this.#listeners) {
      if (listener.process === process) this.#listeners.delete(port);
    }
    for (const link of [...this.#links]) {
      if (link.process !== process) continue;
      this.#links.delete(link);
      link.peer?.reset();
    }
  }
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
