/** Everything there is to feed, by name. */
import type { Target } from "./target.ts";
import { config } from "./targets/config.ts";
import { pdu } from "./targets/pdu.ts";
import { protobuf } from "./targets/protobuf.ts";

export const TARGETS: readonly Target[] = [pdu, protobuf, config];

export function targetNamed(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`There is no target "${name}"`);
  return target;
}
