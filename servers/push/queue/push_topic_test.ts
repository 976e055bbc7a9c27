import assert from "node:assert/strict";
import { CLIENT_TYPE_IOS } from "../../../proto/mod.ts";
import type { PushOrder } from "../services/push_service.ts";
import { pushTopic } from "./push_topic.ts";

function topicOf(custom: string, kind: PushOrder["kind"] = "alert"): string | null {
  const clientType = CLIENT_TYPE_IOS;
  return pushTopic({ userId: 1, clientType, token: "a", text: "hi", custom, badge: 1, kind });
}

Deno.test("pushTopic() is the group, or the author of a single chat", () => {
  assert.equal(topicOf('{"from_id":7,"msg_type":1}'), "user 7");
  assert.equal(topicOf('{"from_id":7,"group_id":7,"msg_type":17}'), "group 7");
});

Deno.test("pushTopic() is one for all silent pushes", () => {
  assert.equal(topicOf('{"from_id":7}', "silent"), topicOf('{"group_id":9}', "silent"));
});

Deno.test("pushTopic() null, for a text that names no conversation", () => {
  for (const custom of ["", "{", "null", "7", "[]", '{"from_id":"7"}', '{"from_id":-1}']) {
    assert.equal(topicOf(custom), null, custom);
  }
  assert.equal(topicOf(`{"from_id":7,"x":"${"x".repeat(5000)}"}`), null);
});
