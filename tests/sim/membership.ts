/**
 * Who may be in a group. One person changes the members, one after the other, and knows of each change
 * that it was made, or does not know what became of it. After the latter nothing is sure about that
 * user any more: a server that hung may make it later, whatever was made meanwhile.
 */

/** For sure, or nobody can tell. Places are those of what is said (ledger.ts). */
type State =
  | { readonly kind: "in" }
  | { readonly kind: "out"; readonly fromPlace: number }
  | { readonly kind: "unsure" };

const NEVER_IN: State = { kind: "out", fromPlace: 0 };

export class Membership {
  readonly #states = new Map<number, State>();
  readonly #touched = new Set<number>();

  constructor(members: readonly number[]) {
    for (const userId of members) this.#states.set(userId, { kind: "in" });
  }

  /** Before a change is asked for. */
  began(userId: number): void {
    this.#touched.add(userId);
    this.#states.set(userId, { kind: "unsure" });
  }

  /** The change was acknowledged, before anything of `place` and later was said. */
  isIn(userId: number, isIn: boolean, place: number): void {
    this.#states.set(userId, isIn ? { kind: "in" } : { kind: "out", fromPlace: place });
  }

  /** Whether the user may have been a member when that of `place` was said, or later. */
  mayHaveSeen(userId: number, place: number): boolean {
    const state = this.#states.get(userId) ?? NEVER_IN;
    return state.kind !== "out" || state.fromPlace > place;
  }

  /** `null`: nobody can tell. */
  has(userId: number): boolean | null {
    const { kind } = this.#states.get(userId) ?? NEVER_IN;
    return kind === "unsure" ? null : kind === "in";
  }

  /** A member all the time. */
  isSteady(userId: number): boolean {
    return this.has(userId) === true && !this.#touched.has(userId);
  }

  /** Those about whom it is sure now. */
  get sure(): ReadonlyMap<number, boolean> {
    const sure = new Map<number, boolean>();
    for (const userId of this.#states.keys()) {
      const isIn = this.has(userId);
      if (isIn !== null) sure.set(userId, isIn);
    }
    return sure;
  }
}
