import assert from "node:assert/strict";
import { ConversationLinks, MAX_CONVERSATIONS } from "./conversation_links.ts";

Deno.test("ConversationLinks, a conversation is bound to its link until all is answered", () => {
  const links = new ConversationLinks<string>();
  assert.equal(links.of(1), null);
  links.sent(1, "a");
  links.sent(1, "a");
  links.sent(2, "b");
  assert.deepEqual([links.of(1), links.of(2)], ["a", "b"]);
  assert.equal(links.answered(1, "a"), false);
  assert.equal(links.answered(1, "b"), false, "an answer over another link is none of ours");
  assert.equal(links.of(1), "a");
  assert.equal(links.answered(1, "a"), true);
  assert.deepEqual([links.of(1), links.size], [null, 1]);
});

Deno.test("ConversationLinks, a lost link sets its conversations free, and only those", () => {
  const links = new ConversationLinks<string>();
  for (const key of [1, 2, 3]) links.sent(key, key === 2 ? "b" : "a");
  links.lost("a");
  assert.deepEqual([1, 2, 3].map((key) => links.of(key)), [null, "b", null]);
});

Deno.test("ConversationLinks, above its limit forgets the conversation that came first", () => {
  const links = new ConversationLinks<string>();
  for (let key = 0; key <= MAX_CONVERSATIONS; key++) links.sent(key, "a");
  assert.deepEqual([links.size, links.of(0), links.of(1)], [MAX_CONVERSATIONS, null, "a"]);
});
