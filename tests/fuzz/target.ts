/** What a fuzzer needs to know of the thing that it feeds. */
import type { Random } from "../../shared/random.ts";

/** Some byte strings in order; what they mean is known to the target. */
export type Input = readonly Uint8Array[];

export interface Target {
  readonly name: string;
  /** Inputs between two looks at what they left behind. */
  readonly checkEvery: number;
  /** Whether an input may fail because of those before it. */
  readonly keepsState: boolean;
  /** Gets everything ready that inputs are fed to. */
  open(): Promise<Session>;
}

export interface Session extends AsyncDisposable {
  /** The next input, made of chance alone. */
  next(random: Random): Input;
  /** @throws when something happens that no input may cause */
  feed(input: Input): void | Promise<void>;
  /** Looks at what the inputs since the last look left behind. @throws when there is anything */
  check(): Promise<void>;
}

/** A target without anything that could be left behind. */
export function pureTarget(
  name: string,
  parts: Pick<Session, "feed"> & { open(): Pick<Session, "next"> },
): Target {
  return {
    name,
    checkEvery: 10_000,
    keepsState: false,
    open() {
      const { next } = parts.open();
      return Promise.resolve({
        next,
        feed: parts.feed,
        check: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
}
