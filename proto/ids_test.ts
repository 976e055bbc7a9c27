import assert from "node:assert/strict";
import * as ids from "./ids.ts";
import { MESSAGES } from "./mod.ts";
import { specCommands, specEnums, specServices } from "./test_support/wire_spec.ts";

const constants: Readonly<Record<string, unknown>> = ids;

Deno.test("ids: every constant of docs/spec/wire.md exists with its value, and no other", () => {
  const expected: Record<string, number> = { ...specServices() };
  for (const members of specEnums().values()) Object.assign(expected, members);
  for (const { name, id } of [...specCommands().values()].flat()) expected[name] = id;
  const { COMMANDS: _, ...numbers } = constants;
  assert.deepEqual(numbers, expected);
});

Deno.test("COMMANDS: ids, names, bodies and scopes are those of docs/spec/wire.md 5", () => {
  const expected = [...specCommands().values()].flat().map(({ id, name, body, scope }) => ({
    id,
    name,
    body,
    // One row describes its two directions in the scope column: "both directions, client".
    scope: scope === "both directions, client" ? "client" : scope,
  }));
  const actual = [...ids.COMMANDS.values()].map(({ id, name, message, scope }) => ({
    id,
    name,
    body: message.split(".").at(-1),
    scope,
  }));
  assert.equal(expected.length, 95 + 11);
  assert.deepEqual(actual, expected);
});

Deno.test("COMMANDS: each is keyed by its id, has a codec and a service id in its high byte", () => {
  const services = new Set(Object.values(specServices()));
  for (const [id, command] of ids.COMMANDS) {
    assert.equal(command.id, id);
    assert.equal(constants[command.name], id);
    assert.ok(MESSAGES.has(command.message), command.message);
    assert.ok(services.has(id >> 8), command.name);
  }
});

Deno.test("COMMANDS: hops have the ends that docs/spec/wire.md 5 gives", () => {
  for (const { name, directions } of [...specCommands().values()].flat()) {
    if (name === "CID_OTHER_HEARTBEAT") continue; // The document says "every server link".
    const command = [...ids.COMMANDS.values()].find((candidate) => candidate.name === name);
    assert.deepEqual(links(command?.hops ?? ""), links(directions), name);
  }
});

/** `C→M→D` as `C→M` and `M→D`, sorted, without remarks in brackets and without repetitions. */
function links(directions: string): string[] {
  const paths = directions.replace(/^\((.*)\)$/, "$1").replaceAll(/\(.*?\)/g, "").split(/[,;]/);
  const all = paths.flatMap((path) => {
    const roles = path.split("→").map((role) => role.trim());
    return roles.slice(1).map((role, index) => `${roles[index]}→${role}`);
  });
  return [...new Set(all)].sort();
}
