/** Feeds a target so many inputs, each made from the seed and its number alone, and watches the heap. */
import { type Random, seededRandom } from "../../shared/random.ts";
import type { Failure } from "./failure.ts";
import type { Input, Session, Target } from "./target.ts";

export interface CampaignOptions {
  readonly inputs: number;
  readonly seconds: number;
  readonly seed: number;
  /** Collects garbage, so that the heap can be measured; absent: it is not. */
  readonly collect?: (() => void) | undefined;
}

export interface CampaignResult {
  readonly target: string;
  readonly inputs: number;
  readonly seconds: number;
  /** Of the heap after warm-up and in the end, in bytes; `null`: it was not measured. */
  readonly growthBytes: number | null;
  /** `null`: nothing failed. */
  readonly failure: Failure | null;
}

/** A target that keeps more than this, in bytes, has a leak: what fills up at first is in before. */
export const MAX_GROWTH_BYTES = 8 * 1024 * 1024;
/** Share of inputs or seconds after which caches, pools and compiled code are what they stay. */
const WARM_UP = 0.2;

export async function runCampaign(
  target: Target,
  options: CampaignOptions,
): Promise<CampaignResult> {
  await using session = await target.open();
  const campaign = new Campaign(target, session, options);
  try {
    while (!campaign.isOver) await campaign.batch();
    return campaign.result(null);
  } catch (error) {
    return campaign.result(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Feeds the inputs of a failure again. @throws what they cause */
export async function replay(target: Target, inputs: readonly Input[]): Promise<void> {
  await using session = await target.open();
  for (const input of inputs) await session.feed(input);
  await session.check();
}

class Campaign {
  readonly #target: Target;
  readonly #session: Session;
  readonly #options: CampaignOptions;
  readonly #startedMs = performance.now();
  /** All since the last look; of a target that keeps nothing only the last. */
  #suspects: Input[] = [];
  #fed = 0;
  #warmBytes: number | null = null;

  constructor(target: Target, session: Session, options: CampaignOptions) {
    this.#target = target;
    this.#session = session;
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#progress >= 1;
  }

  get #seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  /** From 0 to 1, and beyond. */
  get #progress(): number {
    const { inputs, seconds } = this.#options;
    return Math.max(this.#fed / inputs, this.#seconds / seconds);
  }

  /** So many inputs as there are between two looks. */
  async batch(): Promise<void> {
    const end = Math.min(this.#fed + this.#target.checkEvery, this.#options.inputs);
    this.#suspects = [];
    while (this.#fed < end) {
      const input = this.#session.next(seedOf(this.#options.seed, this.#fed++));
      if (!this.#target.keepsState) this.#suspects = [];
      this.#suspects.push(input);
      const pending = this.#session.feed(input);
      if (pending !== undefined) await pending;
    }
    await this.#session.check();
    if (this.#warmBytes === null && this.#progress >= WARM_UP) this.#warmBytes = this.#heap();
  }

  /** The figures so far, with what went wrong, also if nothing did but the heap grew. */
  result(error: Error | null): CampaignResult {
    const warm = this.#warmBytes;
    const growthBytes = warm === null ? null : this.#heap()! - warm;
    const wrong = error === null && growthBytes !== null && growthBytes > MAX_GROWTH_BYTES
      ? new Error(`the heap grew by ${growthBytes} bytes, more than ${MAX_GROWTH_BYTES}`)
      : error;
    const { name } = this.#target;
    const failure = wrong === null
      ? null
      : { target: name, error: wrong.stack ?? wrong.message, inputs: this.#suspects };
    return { target: name, inputs: this.#fed, seconds: this.#seconds, growthBytes, failure };
  }

  #heap(): number | null {
    if (this.#options.collect === undefined) return null;
    this.#options.collect();
    return Deno.memoryUsage().heapUsed;
  }
}

/** Of one input, so that it does not depend on those before it. */
function seedOf(seed: number, at: number): Random {
  return seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b));
}
