/**
 * Whether somebody may try a password at all (docs/spec/pitfalls.md P-LOCK). This process counts for
 * itself; where several have the same data, each failure is counted with the others' too, in one round
 * trip:
 *
 * - While next to nothing has failed here under a name or address, the password is checked first, and
 *   who is right pays nothing. Who is wrong is counted, and learns then if it was one too many.
 * - From then on an attempt is counted before its password is looked at, and taken back if it was right.
 *
 * So k processes allow one guess each beyond the limit of a name at an address, and a tenth more of the
 * other two. While what they share is away, each counts for itself.
 */
import type {
  FailureKey,
  LoginFailureStore,
  SharedVerdict,
} from "../../../shared/storage/login_failures.ts";
import {
  LOCK_OUT_WINDOW_SEC,
  type LoginAttempt,
  type LoginFailures,
} from "../state/login_failures.ts";

export class LoginGuard {
  readonly #local: LoginFailures;
  readonly #shared: LoginFailureStore | null;

  constructor(local: LoginFailures, shared: LoginFailureStore | null) {
    this.#local = local;
    this.#shared = shared;
  }

  /**
   * `null`: locked out. `address` is empty when it is not known. Without a promise where nobody else
   * has to be asked.
   */
  begin(
    who: { readonly name: string; readonly address: string },
    now: number,
  ): GuardedAttempt | null | Promise<GuardedAttempt | null> {
    const attempt = this.#local.begin(who, now);
    if (attempt === null) return null;
    const shared = this.#shared;
    if (shared === null) {
      return new GuardedAttempt(attempt, { shared, now, counted: "unavailable" });
    }
    if (attempt.isUnsuspicious) return new GuardedAttempt(attempt, { shared, now, counted: null });
    return this.#beginShared(attempt, { shared, now });
  }

  async #beginShared(
    attempt: LoginAttempt,
    { shared, now }: { readonly shared: LoginFailureStore; readonly now: number },
  ): Promise<GuardedAttempt | null> {
    const counted = await shared.count(attempt.keys, { now, windowSec: LOCK_OUT_WINDOW_SEC });
    if (counted !== "locked") return new GuardedAttempt(attempt, { shared, now, counted });
    attempt.takeBack();
    return null;
  }
}

interface AttemptState {
  readonly shared: LoginFailureStore | null;
  /** Unix seconds. */
  readonly now: number;
  /** What became of counting it with the others; `null`: not yet tried. */
  readonly counted: SharedVerdict | null;
}

/** Of one login, until it is known whether it is right. */
export class GuardedAttempt {
  readonly #local: LoginAttempt;
  readonly #state: AttemptState;

  constructor(local: LoginAttempt, state: AttemptState) {
    this.#local = local;
    this.#state = state;
  }

  /**
   * It was wrong. `locked`: others had counted so many that it was one too many. Without a promise
   * where that is known.
   */
  failed(): SharedVerdict | Promise<SharedVerdict> {
    const { shared, now, counted } = this.#state;
    if (shared === null || counted !== null) return "counted";
    return shared.count(this.#local.keys, { now, windowSec: LOCK_OUT_WINDOW_SEC });
  }

  /** It was right: failures of this name and address before it are forgotten. */
  succeeded(): void | Promise<void> {
    this.#local.succeeded();
    return this.#takeBackShared(({ kind }) => kind === "pair");
  }

  /** Nothing became known. */
  takeBack(): void | Promise<void> {
    this.#local.takeBack();
    return this.#takeBackShared(() => false);
  }

  #takeBackShared(isForgotten: (key: FailureKey) => boolean): void | Promise<void> {
    const { shared, counted } = this.#state;
    if (shared === null || counted !== "counted") return;
    const { keys } = this.#local;
    return shared.takeBack(keys.filter((key) => !isForgotten(key)), {
      forgotten: keys.filter(isForgotten),
    });
  }
}
