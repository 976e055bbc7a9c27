/** The gate of the management operations; what each does is in the contract suite of storage. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import {
  MAX_FEATURE_CHARS,
  MAX_FEATURES,
  MAX_SERVER_NAME_CHARS,
} from "../../../shared/management/hello.ts";
import {
  type AnswerOf,
  MANAGE_DONE,
  MANAGE_FAILED,
  MANAGE_NOT_UNDERSTOOD,
  MANAGE_REFUSED,
  type OperationName,
  type RequestOf,
} from "../../../shared/management/operations.ts";
import { Tasks } from "../test_support/tasks.ts";
import { MANAGE_SAMPLES } from "../test_support/manage_samples.ts";

const MANAGE = { id: proto.CID_INTERNAL_MANAGE_REQ, codec: proto.IMManageReq };
const MANAGE_REPLY = { id: proto.CID_INTERNAL_MANAGE_RSP, codec: proto.IMManageRsp };
const ATTACH = Uint8Array.of(5, 5);

async function ask(
  tasks: Tasks,
  operation: string,
  request: string,
): Promise<[code: number, answer: string]> {
  const body = { operation, request, attach_data: ATTACH };
  const answer = await tasks.ask(MANAGE, body, MANAGE_REPLY);
  assert.equal(new Uint8Array(answer.attach_data!).toHex(), ATTACH.toHex());
  return [answer.result_code, answer.answer];
}

async function run<Name extends OperationName>(
  tasks: Tasks,
  name: Name,
  request: RequestOf<Name>,
): Promise<AnswerOf<Name>> {
  const [code, answer] = await ask(tasks, name, JSON.stringify(request));
  assert.equal(code, MANAGE_DONE);
  return JSON.parse(answer);
}

Deno.test("hello(), says that management operations are spoken", async () => {
  await using tasks = await Tasks.open();
  const answer = await tasks.ask(
    { id: proto.CID_INTERNAL_HELLO, codec: proto.IMInternalHello },
    { role: "H", server_name: "h" },
    { id: proto.CID_INTERNAL_HELLO_RSP, codec: proto.IMInternalHelloRsp },
  );
  assert.deepEqual([answer.role, answer.feature_list], ["D", ["manage/1"]]);
});

Deno.test("manage(), runs the operation of the name and answers in JSON", async () => {
  await using tasks = await Tasks.open();
  const found = await run(tasks, "users.by_names", { names: ["user3", "nobody"] });
  assert.deepEqual(found.map(({ id }) => id), [3]);
});

for (const name of ["users.destroy", "", "toString", "__proto__", "constructor"]) {
  Deno.test(`manage(), does not understand the operation '${name}'`, async () => {
    await using tasks = await Tasks.open();
    assert.deepEqual(await ask(tasks, name, "{}"), [MANAGE_NOT_UNDERSTOOD, ""]);
  });
}

Deno.test("storage.state, tells how the engine is and how long messages took", async () => {
  await using tasks = await Tasks.open();
  const before = await run(tasks, "storage.state", null);
  assert.equal(before.stored, null);
  const engines = before.engines.map(({ kind, name, address, state }) => [
    ...[kind, name, address, state],
  ]);
  assert.deepEqual(engines, [["sqlite", "sqlite", null, "up"]]);
  assert.match(before.engines[0]!.version!, /^3\./);
  const message = {
    ...{ from_user_id: 1, to_session_id: 2, msg_id: 0, create_time: 1_800_000_000 },
    ...{ msg_type: proto.MSG_TYPE_SINGLE_TEXT, msg_data: new TextEncoder().encode("b2xk") },
  };
  const say = { id: proto.CID_MSG_DATA, codec: proto.IMMsgData };
  const stored = await tasks.ask(say, message, say);
  assert.equal(stored.msg_id, 1);
  // Refused: nothing was stored.
  await tasks.ask(say, { ...message, to_session_id: 1 }, say);
  assert.equal((await run(tasks, "storage.state", null)).stored?.count, 1);
  await tasks.breakStorage();
  const after = await run(tasks, "storage.state", null);
  assert.deepEqual(after.engines.map(({ state, answerMs }) => [state, answerMs]), [["down", null]]);
});

Deno.test("manage(), refuses what is no request of the operation, naming field and reason", async () => {
  await using tasks = await Tasks.open();
  const refusal = async (request: string) => {
    const [code, answer] = await ask(tasks, "groups.by_id", request);
    assert.equal(code, MANAGE_REFUSED);
    return JSON.parse(answer);
  };
  assert.deepEqual(await refusal("{"), { field: "", message: "is no JSON" });
  const extra = '{ "id": 1, "force": true }';
  assert.deepEqual(await refusal(extra), { field: "force", message: "there is no such field" });
  assert.equal((await refusal('{ "id": "1" }')).field, "id");
  const logged = tasks.log.records.map(({ level, message, fields }) => ({
    level,
    message,
    fields,
  }));
  assert.deepEqual(logged[0], {
    level: "warn",
    message: "management request refused",
    fields: { operation: "groups.by_id", field: "", message: "is no JSON" },
  });
});

for (
  const [what, odd] of Object.entries({
    "role": { role: "HTTP" },
    "name": { server_name: "h".repeat(MAX_SERVER_NAME_CHARS + 1) },
    "features": { feature_list: Array(MAX_FEATURES + 1).fill("f") },
    "feature's name": { feature_list: ["f".repeat(MAX_FEATURE_CHARS + 1)] },
  })
) {
  Deno.test(`hello(), drops one that nobody says: ${what}`, async () => {
    await using tasks = await Tasks.open();
    const hello = { role: "H", server_name: "h", feature_list: [] };
    const answerTo = (body: proto.IMInternalHelloInit) =>
      tasks.answerTo(proto.CID_INTERNAL_HELLO, proto.IMInternalHello.encode(body));
    assert.equal(await answerTo({ ...hello, ...odd }), null);
    assert.notEqual(await answerTo(hello), null);
  });
}

Deno.test("manage(), says of every operation that storage failed, when it did", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  for (const [name, request] of Object.entries(MANAGE_SAMPLES)) {
    // That one says that the engine is down.
    if (name === "storage.state") continue;
    assert.deepEqual(await ask(tasks, name, JSON.stringify(request)), [MANAGE_FAILED, ""], name);
  }
});

Deno.test("groups.members, by ascending id with names, a page at a time", async () => {
  await using tasks = await Tasks.open();
  const page = await run(tasks, "groups.members", { id: 1, offset: 1, limit: 1 });
  assert.deepEqual([page?.total, page?.rows.map(({ userId, name }) => [userId, name])], [
    ...[3, [[2, "user2"]]],
  ]);
  assert.equal(await run(tasks, "groups.members", { id: 99, offset: 0, limit: 1 }), null);
});

Deno.test("messages.history, a group's as its longest-standing member sees it, sounds left out", async () => {
  await using tasks = await Tasks.open();
  const { groups, messages } = tasks.services.storage;
  const at = 1_800_000_000;
  const content = new TextEncoder().encode("b2xk");
  const said = { fromId: 1, toId: 1, content, created: at };
  await messages.append({ ...said, type: proto.MSG_TYPE_GROUP_TEXT });
  const sound = Uint8Array.of(0, 0, 0, 1, 2, 3);
  await messages.append({ ...said, type: proto.MSG_TYPE_GROUP_AUDIO, content: sound });
  // The lowest id is no longer the one that was there first.
  await groups.removeMembers({ groupId: 1, userIds: [1], now: at + 1 });
  await groups.addMembers({ groupId: 1, userIds: [1], now: at + 2 });
  const paging = { beginId: 0, limit: 10 };
  const conversation = { type: proto.SESSION_TYPE_GROUP, userId: 0, sessionId: 1 };
  const history = await run(tasks, "messages.history", { ...conversation, ...paging });
  assert.deepEqual(history.map(({ msgId, content }) => [msgId, content]), [
    [2, ""],
    [1, new Uint8Array(content).toBase64()],
  ]);
  const unknown = { ...conversation, sessionId: 99, ...paging };
  assert.deepEqual(await run(tasks, "messages.history", unknown), []);
});
