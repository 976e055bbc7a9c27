import assert from "node:assert/strict";
import { COMMANDS } from "../../../proto/mod.ts";
import { receivedBy, type RoleTable, roleTables } from "./tables.ts";

function handled(role: RoleTable): number[] {
  return role.sections.flatMap((section) => section.commands.map((command) => command.id));
}

function leftOut(role: RoleTable): number[] {
  return role.leftOut.flatMap((entry) => entry.ids);
}

function names(ids: Iterable<number>): string[] {
  return [...ids].map((id) => COMMANDS.get(id)?.name ?? id.toString(16));
}

for (const role of roleTables) {
  Deno.test(`${role.name}, every command it receives is handled or left out with a reason`, () => {
    const known = new Set([...handled(role), ...leftOut(role)]);
    const missing = receivedBy(role.letter).filter((id) => !known.has(id));
    assert.deepEqual(names(missing), []);
  });

  Deno.test(`${role.name}, no command is both handled and left out`, () => {
    const both = leftOut(role).filter((id) => handled(role).includes(id));
    assert.deepEqual(names(both), []);
  });

  Deno.test(`${role.name}, handles only commands that proto/ says it receives`, () => {
    const received = receivedBy(role.letter);
    assert.deepEqual(names(handled(role).filter((id) => !received.includes(id))), []);
  });
}
