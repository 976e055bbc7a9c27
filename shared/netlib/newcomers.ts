/**
 * Connections that have not shown yet who they are. Whoever opens many of them and says nothing must
 * not keep others out: when there are too many, the one that has waited longest is closed. A client
 * that means to log in does so at once and is gone from here before its turn comes.
 */
export interface NewcomerLimits {
  /** Most of them at a time. */
  readonly max: number;
  /** Most of one address at a time; `null`: no limit but `max`. */
  readonly maxPerAddress: number | null;
}

interface Newcomer {
  readonly address: string;
  readonly dismiss: (reason: string) => void;
}

/** The connection has shown who it is, or is closed. More than once does nothing. */
export type Leave = () => void;

export class Newcomers {
  readonly #limits: NewcomerLimits;
  /** In the order in which they came. */
  readonly #all = new Set<Newcomer>();
  readonly #byAddress = new Map<string, Set<Newcomer>>();

  constructor(limits: NewcomerLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#all.size;
  }

  /** Takes one in. At a limit the oldest, of its address or of all, is dismissed with a reason. */
  enter(address: string, dismiss: (reason: string) => void): Leave {
    const newcomer: Newcomer = { address, dismiss };
    this.#all.add(newcomer);
    this.#enterAddress(newcomer);
    if (this.#all.size > this.#limits.max) {
      this.#dismissFirst(this.#all, "too many connections that have not logged in");
    }
    return () => this.#remove(newcomer);
  }

  #enterAddress(newcomer: Newcomer): void {
    const { maxPerAddress } = this.#limits;
    if (maxPerAddress === null) return;
    let neighbours = this.#byAddress.get(newcomer.address);
    if (neighbours === undefined) {
      neighbours = new Set();
      this.#byAddress.set(newcomer.address, neighbours);
    }
    neighbours.add(newcomer);
    if (neighbours.size > maxPerAddress) {
      this.#dismissFirst(neighbours, "too many connections of its address that have not logged in");
    }
  }

  #dismissFirst(from: ReadonlySet<Newcomer>, reason: string): void {
    const [oldest] = from;
    this.#remove(oldest!);
    oldest!.dismiss(reason);
  }

  #remove(newcomer: Newcomer): void {
    if (!this.#all.delete(newcomer)) return;
    const neighbours = this.#byAddress.get(newcomer.address);
    neighbours?.delete(newcomer);
    if (neighbours?.size === 0) this.#byAddress.delete(newcomer.address);
  }
}
