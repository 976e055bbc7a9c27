/** Finds the highest rate that passes a trial, by doubling it and then halving the difference. */

export interface CapacitySearch {
  /** The first rate that is tried; when it fails, lower ones are. */
  readonly from: number;
  /** The result is at most this share below the lowest rate that failed. */
  readonly within: number;
  /** Not below this: a machine that cannot do even that has no capacity to speak of. */
  readonly least: number;
}

/**
 * A rate has to fail twice to have failed: something else on the machine may have spoilt the trial.
 * @returns 0 when no rate from `least` up passes
 */
export async function findCapacity(
  passes: (rate: number) => Promise<boolean>,
  { from, within, least }: CapacitySearch,
): Promise<number> {
  const passesInTwo = async (rate: number) => await passes(rate) || await passes(rate);
  let passed = 0;
  let failed = Infinity;
  let rate = from;
  while (rate >= least) {
    if (await passesInTwo(rate)) passed = rate;
    else failed = rate;
    if (failed !== Infinity && passed >= failed * (1 - within)) return passed;
    if (failed === Infinity) rate = 2 * passed;
    else rate = passed === 0 ? failed / 2 : Math.round((passed + failed) / 2);
  }
  return passed;
}
