import assert from "node:assert/strict";

const MAIN = `${import.meta.dirname}/main.ts`;

Deno.test("bench chat: nothing is lost, duplicated or reordered by a real suite", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", MAIN, "chat", "--seconds", "0.2", "--runs", "1"],
  }).output();
  const output = new TextDecoder().decode(stdout);
  assert.equal(code, 0, output + new TextDecoder().decode(stderr));
  const json = output.split("\n").find((line) => line.startsWith("{"));
  const { scenario, cases } = JSON.parse(json ?? "null");
  assert.equal(scenario, "chat");
  assert.deepEqual(cases.map(({ label }: { label: string }) => label), ["window 1", "window 8"]);
  for (const { acked_per_s, lost, unacked } of cases) {
    assert.ok(acked_per_s.median > 0);
    assert.deepEqual([lost.max, unacked.max], [0, 0]);
  }
});
