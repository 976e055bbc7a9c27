import assert from "node:assert/strict";
import { DEAD_TOKEN_MS, DeadTokens, MAX_DEAD_TOKENS } from "./dead_tokens.ts";

Deno.test("DeadTokens, knows a token for a day", () => {
  const dead = new DeadTokens();
  dead.add("a", 1000);
  assert.equal(dead.has("a", 1000 + DEAD_TOKEN_MS - 1), true);
  assert.equal(dead.has("b", 1000), false);
  assert.equal(dead.has("a", 1000 + DEAD_TOKEN_MS), false);
  assert.equal(dead.has("a", 1000), false);
});

Deno.test("DeadTokens, forgets the tokens not asked for longest, at its limit", () => {
  const dead = new DeadTokens();
  for (let each = 0; each < MAX_DEAD_TOKENS; each++) dead.add(`token ${each}`, 0);
  assert.equal(dead.has("token 0", 1), true);
  dead.add("one more", 0);
  assert.deepEqual(["token 0", "token 1", "one more"].map((token) => dead.has(token, 1)), [
    true,
    false,
    true,
  ]);
});
