/** Everything there is to feed, by name. */
import type { Target } from "./target.ts";
import { commands } from "./targets/commands.ts";
import { config } from "./targets/config.ts";
import { http } from "./targets/http.ts";
import { neighbours } from "./targets/neighbours.ts";
import { pdu } from "./targets/pdu.ts";
import { protobuf } from "./targets/protobuf.ts";
import { strangers } from "./targets/strangers.ts";

export const TARGETS: readonly Target[] = [
  pdu,
  protobuf,
  config,
  commands,
  strangers,
  neighbours,
  http,
];

export function targetNamed(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`There is no target "${name}"`);
  return target;
}
