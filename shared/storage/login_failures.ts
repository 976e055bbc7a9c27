/** Failed logins that several processes on the same data count together. */

/** What failures are counted under: a name at an address, a name, or an address. */
export interface FailureKey {
  readonly kind: "pair" | "name" | "address";
  readonly key: string;
  /** Failures within the window that are borne; with one more it is locked. */
  readonly limit: number;
  /** Keys of the kind that are remembered; the one that failed longest ago goes first. */
  readonly maxKeys: number;
}

export interface FailureWindow {
  /** Unix seconds by the clock of whoever counts; clocks of servers are to agree. */
  readonly now: number;
  /** How long a failure counts. */
  readonly windowSec: number;
}

/** `unavailable`: what is shared cannot be reached; nothing was counted there. */
export type SharedVerdict = "counted" | "locked" | "unavailable";

export interface LoginFailureStore {
  /**
   * Counts one more failure under each key; when one of them is locked already, nothing is counted.
   * One round trip.
   */
  count(keys: readonly FailureKey[], window: FailureWindow): Promise<SharedVerdict>;
  /** One failure less under each of `keys`, none at all under `forgotten`. One round trip. */
  takeBack(
    keys: readonly FailureKey[],
    options: { readonly forgotten: readonly FailureKey[] },
  ): Promise<void>;
}
