import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  IMGetDeviceTokenReq,
  IMGroupGetShieldReq,
  IMMsgData,
  IMPushToUserReq,
  IMUsersStatReq,
  MSG_TYPE_SINGLE_AUDIO,
} from "../../../proto/mod.ts";
import { bodyOf, commandIdOf, decodeAttach } from "../../../shared/pdu/mod.ts";
import { GROUP, PushStage } from "../test_support/push_stage.ts";
import {
  MAX_QUESTION_USERS,
  MAX_ROUND_MESSAGES,
  MAX_ROUNDS,
  MAX_WAITING_PUSHES,
} from "./push_pipeline.ts";
import { ANSWER_LIMIT_MS } from "./questions.ts";

const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i);

const droppedMessages = ({ log }: PushStage): unknown[] =>
  log.records.filter(({ message }) => message === "pushes dropped").map(({ fields }) =>
    fields["messages"]
  );

Deno.test("PushPipeline, a message of two: tokens of the receiver, with the message along", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(2, "bob");
  stage.pipeline.add({
    receivers: new Set([2]),
    messages: [{ ...stage.message(), attach_data: Uint8Array.of(1, 2) }],
  });
  const { user_id, attach_data } = IMGetDeviceTokenReq.decode(bodyOf(stage.asked[0]!));
  const { msg_id, attach_data: ours } = IMMsgData.decode(attach_data!);
  assert.deepEqual([user_id, msg_id, ours], [[2], 1, undefined]);
  await stage.answerTokens();
  const [push] = stage.pushed;
  assert.deepEqual(push!.user_token_list.map((token) => ({ ...token })), [
    { user_id: 2, user_type: 0x11, token: "token 2", push_count: 3, push_type: 1 },
  ]);
  assert.deepEqual([push!.flash, JSON.parse(push!.data)], ["ann:hello", {
    from_id: 1,
    msg_type: 1,
  }]);
  await stage.pipeline.stop();
  assert.equal(stage.clock.pendingTimers, 0);
});

Deno.test("PushPipeline, silent for who has a PC online, here or as route_server says", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(2, "at a PC", true);
  stage.connect(3, "with a phone");
  stage.sayInGroup(["hello"], [1, 2, 3, 4, 5]);
  await stage.answerShields();
  await stage.answerTokens();
  assert.deepEqual(stage.take(), ["ann:hello -> 2(2) 3(1)"], "not the author");
  const query = stage.asked[0]!;
  const { user_id, attach_data } = IMUsersStatReq.decode(bodyOf(query));
  const { type, pdu } = decodeAttach(attach_data!)!;
  assert.deepEqual([commandIdOf(query), user_id, type], [
    CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    0,
    4,
  ]);
  assert.equal(IMPushToUserReq.decode(pdu).flash, "ann:hello");
  assert.deepEqual(await stage.answerStatuses([5]), [4, 5]);
  assert.deepEqual(stage.take(), ["ann:hello -> 4(1) 5(2)"]);
});

Deno.test("PushPipeline, without a route_server, or its answer, a push is a normal one", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.hasRoute = false;
  stage.say("hello");
  await stage.answerTokens();
  assert.deepEqual(stage.take(), ["ann:hello -> 2(1)"]);
  stage.hasRoute = true;
  stage.say("again");
  await stage.answerTokens();
  stage.clock.advance(ANSWER_LIMIT_MS);
  await stage.settle();
  assert.deepEqual(stage.take(), ["ann:again -> 2(1)"]);
});

Deno.test("PushPipeline, who shields the group is not asked about any more", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.sayInGroup(["hello"], [1, 2, 3]);
  const { group_id, attach_data } = IMGroupGetShieldReq.decode(bodyOf(stage.asked[0]!));
  assert.deepEqual([group_id, IMMsgData.decode(attach_data!).to_session_id], [GROUP, GROUP]);
  assert.deepEqual(await stage.answerShields([2]), [1, 2, 3]);
  assert.deepEqual(await stage.answerTokens(), [1, 3]);
  await stage.answerStatuses([]);
  assert.deepEqual(stage.take(), ["ann:hello -> 3(1)"]);
  stage.sayInGroup(["nobody wants it"], [2, 3]);
  await stage.answerShields([2, 3]);
  assert.deepEqual(stage.asked, []);
});

Deno.test("PushPipeline, what is stored during a round shares the questions of the next one", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(9, "eve");
  stage.sayInGroup(["a"], [1, 2]);
  stage.sayInGroup(["b", "c"], [1, 2]);
  stage.sayInGroup(["d"], [1, 2, 3], 9);
  assert.equal(stage.asked.length, 1);
  await stage.answerShields();
  await stage.answerTokens([2]);
  await stage.answerStatuses([]);
  assert.deepEqual(stage.take(), ["ann:a -> 2(1)"]);
  assert.deepEqual(await stage.answerShields(), [1, 2, 3]);
  await stage.answerTokens();
  assert.deepEqual(stage.take(), ["eve:d -> 1(1)"], "of those who are here");
  await stage.answerStatuses([]);
  // Only who was a member when it was said hears it.
  assert.deepEqual(stage.take(), ["ann:b -> 2(1)", "ann:c -> 2(1)", "eve:d -> 2(1) 3(1)"]);
  assert.deepEqual(stage.asked, []);
});

Deno.test("PushPipeline, nothing of what cannot be read, and nothing asked for nobody's token", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  const unreadable = stage.message({ msg_data: new TextEncoder().encode("no cipher") });
  stage.pipeline.add({ receivers: new Set([2]), messages: [unreadable] });
  await stage.answerTokens();
  stage.say("hello");
  await stage.answerTokens([]);
  assert.deepEqual([stage.take(), stage.asked], [[], []]);
});

Deno.test("PushPipeline, the name of an author who has gone comes from db_proxy (P-PUSH4)", async () => {
  const stage = new PushStage();
  stage.connect(2, "bob");
  stage.say("hello");
  await stage.answerTokens();
  assert.deepEqual(await stage.answerInfos({ 1: "ann" }), [1]);
  assert.deepEqual(stage.take(), ["ann:hello -> 2(1)"]);
  stage.say("hello");
  await stage.answerTokens();
  await stage.answerInfos({});
  assert.deepEqual(stage.take(), ["您收到了一条消息 -> 2(1)"]);
});

Deno.test("PushPipeline, a sound is not carried around", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(2, "bob");
  const sound = { msg_type: MSG_TYPE_SINGLE_AUDIO, msg_data: new Uint8Array(1024 * 1024) };
  stage.pipeline.add({ receivers: new Set([2]), messages: [stage.message(sound)] });
  assert.ok(stage.asked[0]!.length < 100, `${stage.asked[0]!.length} bytes`);
  await stage.answerTokens();
  assert.deepEqual(stage.take(), ["ann给您发送了一条语音消息 -> 2(1)"]);
});

Deno.test("PushPipeline, without a push_server nothing is asked, and what waits is dropped", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(2, "bob");
  stage.links.hasOpenLink = false;
  stage.say("hello");
  assert.deepEqual([stage.pipeline.isOn, stage.asked], [false, []]);
  stage.links.hasOpenLink = true;
  for (let i = 0; i < 3; i++) stage.say("hello");
  stage.links.hasOpenLink = false;
  await stage.answerTokens();
  stage.links.hasOpenLink = true;
  await stage.settle();
  assert.deepEqual([stage.take(), stage.asked], [[], []]);
  assert.deepEqual(droppedMessages(stage), [1], "the rest is counted for the next line");
});

Deno.test("PushPipeline, a question without an answer ends its round, not those after it", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(2, "bob");
  stage.say("lost");
  stage.say("next");
  const lost = IMGetDeviceTokenReq.decode(bodyOf(stage.asked.shift()!));
  stage.clock.advance(ANSWER_LIMIT_MS);
  await stage.answerTokens();
  assert.deepEqual(stage.take(), ["ann:next -> 2(1)"]);
  stage.lookup.tokensArrived({ user_token_info: [], attach_data: lost.attach_data! });
  assert.deepEqual(droppedMessages(stage), [1]);
  stage.hasDb = false;
  stage.say("without db_proxy");
  await stage.settle();
  stage.hasDb = true;
  stage.say("with it");
  await stage.answerTokens();
  assert.deepEqual(stage.take(), ["ann:with it -> 2(1)"]);
});

Deno.test("PushPipeline, few rounds run at a time, and a busy receiver does not hold up others", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  for (let i = 0; i < 3; i++) stage.say(`busy ${i}`, 2);
  for (const userId of range(3, MAX_ROUNDS)) stage.say("hello", userId);
  assert.equal(stage.asked.length, MAX_ROUNDS);
  const order: number[] = [];
  while (stage.asked.length > 0) order.push(...await stage.answerTokens([]));
  assert.deepEqual(order, [2, ...range(3, MAX_ROUNDS - 1), 2, 2 + MAX_ROUNDS]);
});

Deno.test("PushPipeline, a large group is asked about in pieces", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  const members = range(1, 2 * MAX_QUESTION_USERS + 1);
  stage.sayInGroup(["hello"], members);
  const asked: number[] = [];
  for (let piece = 0; piece < 3; piece++) {
    await stage.answerShields();
    const users = await stage.answerTokens();
    assert.ok(users.length <= MAX_QUESTION_USERS);
    asked.push(...users);
    await stage.answerStatuses([]);
  }
  assert.deepEqual(asked, members);
  const receivers = stage.pushed.flatMap(({ user_token_list }) => user_token_list);
  assert.deepEqual(receivers.map(({ user_id }) => user_id), members.slice(1));
});

Deno.test("PushPipeline, a round has a limited number of messages, the others come next", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.connect(2, "bob");
  stage.say("first");
  for (const i of range(1, MAX_ROUND_MESSAGES + 1)) stage.say(String(i));
  const counts: number[] = [];
  for (let round = 0; round < 3; round++) {
    await stage.answerTokens();
    counts.push(stage.take().length);
  }
  assert.deepEqual(counts, [1, MAX_ROUND_MESSAGES, 1]);
});

Deno.test("PushPipeline, above its limit nothing is pushed, which is logged now and then", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.say("in its round");
  const messages = Array<IMMsgData>(MAX_WAITING_PUSHES + 1).fill(stage.message());
  stage.pipeline.add({ receivers: new Set([2]), messages });
  assert.deepEqual(droppedMessages(stage), [1]);
  for (let i = 0; i < 3; i++) stage.say("too much", 2 + i);
  stage.clock.advance(60_000); // The round gets no answer either.
  await stage.settle();
  assert.deepEqual(droppedMessages(stage), [1, 3 + 1]);
  await stage.pipeline.stop();
  assert.equal(stage.clock.pendingTimers, 0);
});

Deno.test("PushPipeline.stop() ends rounds under way and starts none", async () => {
  const stage = new PushStage();
  stage.connect(1, "ann");
  stage.say("asked");
  stage.say("waits");
  await stage.pipeline.stop();
  assert.equal(stage.clock.pendingTimers, 0);
  stage.say("late");
  await stage.settle();
  assert.deepEqual([stage.asked.length, stage.take()], [1, []]);
});
