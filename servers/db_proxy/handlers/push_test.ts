/** Tokens and shields for the push pipeline; what msg_server does with them is not of this role. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { Tasks } from "../test_support/tasks.ts";

const REGISTER = { id: proto.CID_LOGIN_REQ_DEVICETOKEN, codec: proto.IMDeviceTokenReq };
const REGISTERED = { id: proto.CID_LOGIN_RES_DEVICETOKEN, codec: proto.IMDeviceTokenRsp };
const QUERY = { id: proto.CID_OTHER_GET_DEVICE_TOKEN_REQ, codec: proto.IMGetDeviceTokenReq };
const FOUND = { id: proto.CID_OTHER_GET_DEVICE_TOKEN_RSP, codec: proto.IMGetDeviceTokenRsp };
const SHIELDS = { id: proto.CID_OTHER_GET_SHIELD_REQ, codec: proto.IMGroupGetShieldReq };
const SHIELDED = { id: proto.CID_OTHER_GET_SHIELD_RSP, codec: proto.IMGroupGetShieldRsp };

const IOS = proto.CLIENT_TYPE_IOS;
const ANDROID = proto.CLIENT_TYPE_ANDROID;
/** A body that is not read, only sent back. */
const MESSAGE = Uint8Array.of(1, 2, 3);

async function register(
  tasks: Tasks,
  user_id: number,
  token: Omit<proto.IMDeviceTokenReqInit, "user_id">,
): Promise<void> {
  const answer = await tasks.ask(REGISTER, { user_id, ...token }, REGISTERED);
  assert.equal(answer.user_id, user_id);
}

async function tokensOf(tasks: Tasks, ...user_id: number[]): Promise<string[]> {
  const { user_token_info } = await tasks.ask(QUERY, { user_id }, FOUND);
  return user_token_info.map(({ token }) => token);
}

/** Moves the clock to the next time of this kind in the machine's zone, where the server runs. */
function waitUntil({ clock }: Tasks, time: string): void {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  const next = new Date(clock.nowMs());
  next.setHours(hours, minutes, seconds, 0);
  if (next.getTime() <= clock.nowMs()) next.setDate(next.getDate() + 1);
  clock.advance(next.getTime() - clock.nowMs());
}

const EVERYBODY = ["shielded iPhone", "shielded Android", "iPhone"];
const TIMES: readonly (readonly [time: string, tokens: readonly string[]])[] = [
  ["21:59:59", EVERYBODY],
  ["22:00:00", EVERYBODY.slice(1)],
  ["00:00:00", EVERYBODY.slice(1)],
  ["07:59:59", EVERYBODY.slice(1)],
  ["08:00:00", EVERYBODY],
];

for (const [time, expected] of TIMES) {
  Deno.test(`getDeviceTokens(), at ${time} for ${expected.join(", ")}`, async () => {
    await using tasks = await Tasks.open();
    await register(tasks, 1, { device_token: "shielded iPhone", client_type: IOS });
    await register(tasks, 2, { device_token: "shielded Android", client_type: ANDROID });
    await register(tasks, 3, { device_token: "iPhone", client_type: IOS });
    const { profiles } = tasks.services.storage;
    for (const userId of [1, 2]) await profiles.setPushShield({ userId, value: 1, now: 1 });
    waitUntil(tasks, time);
    assert.deepEqual(await tokensOf(tasks, 3, 2, 1), expected);
  });
}

Deno.test("getDeviceTokens(), in text order of the ids, with what came along", async () => {
  await using tasks = await Tasks.open();
  for (const id of [2, 10, 1]) {
    await register(tasks, id, { device_token: `t${id}`, client_type: ANDROID });
  }
  assert.deepEqual(await tokensOf(tasks, 2, 4, 10, 99, 1), ["t1", "t10", "t2"]);
  const nobody = await tasks.ask(QUERY, { user_id: [4], attach_data: MESSAGE }, FOUND);
  assert.deepEqual(nobody.user_token_info, []);
  assert.equal(nobody.attach_data?.toHex(), MESSAGE.toHex());
});

Deno.test("getDeviceTokens() looks at the first 5000 ids of a request (P-LIM6)", async () => {
  await using tasks = await Tasks.open();
  await register(tasks, 1, { device_token: "first", client_type: IOS });
  await register(tasks, 2, { device_token: "last", client_type: IOS });
  const strangers = Array.from({ length: 4999 }, (_, i) => 100_000 + i);
  assert.deepEqual(await tokensOf(tasks, 1, ...strangers, 2), ["first"]);
  assert.deepEqual(await tokensOf(tasks, ...strangers, 2), ["last"]);
});

Deno.test("deviceToken() takes what can be a token and ignores what cannot", async () => {
  await using tasks = await Tasks.open();
  const longest = "é".repeat(256);
  await register(tasks, 1, { device_token: longest, client_type: IOS });
  assert.deepEqual(await tokensOf(tasks, 1), [longest]);
  for (const device_token of [`${longest}x`, "a\0b"]) {
    await register(tasks, 1, { device_token, client_type: IOS });
    assert.deepEqual(await tokensOf(tasks, 1), [longest]);
  }
  await register(tasks, 99, { device_token: longest, client_type: IOS });
  assert.deepEqual(await tokensOf(tasks, 1, 99), [longest]);
});

Deno.test("deviceToken() ends pushes on logout, and for a terminal that gets none", async () => {
  await using tasks = await Tasks.open();
  const phone = { device_token: "T", client_type: ANDROID };
  const endings = [
    { device_token: "" },
    { device_token: "T", client_type: proto.CLIENT_TYPE_MAC },
    { device_token: "T" },
  ];
  for (const ending of endings) {
    await register(tasks, 1, phone);
    assert.deepEqual(await tokensOf(tasks, 1), ["T"]);
    await register(tasks, 1, ending);
    assert.deepEqual(await tokensOf(tasks, 1), []);
  }
});

Deno.test("getGroupShields(), one status per user in the order of the request", async () => {
  await using tasks = await Tasks.open();
  const { groupShields } = tasks.services.storage;
  await groupShields.set({ groupId: 2, userId: 10, isShielded: true });
  const request = { group_id: 2, user_id: [10, 1, 99, 10], attach_data: MESSAGE };
  const answer = await tasks.ask(SHIELDS, request, SHIELDED);
  assert.deepEqual(
    answer.shield_status_list.map((one) => [one.user_id, one.group_id, one.shield_status]),
    [[10, 2, 1], [1, 2, 0], [99, 2, 0], [10, 2, 1]],
  );
  assert.equal(answer.attach_data?.toHex(), MESSAGE.toHex());
  const unknown = proto.IMGroupGetShieldReq.encode({ group_id: 99, user_id: [1] });
  assert.equal(await tasks.answerTo(proto.CID_OTHER_GET_SHIELD_REQ, unknown), null);
});

Deno.test("getDeviceTokens() counts the badge of those only who have a token (P-LIM8)", async () => {
  const asked: number[] = [];
  await using tasks = await Tasks.open((services) => {
    const { storage } = services;
    const total = (userId: number) => {
      asked.push(userId);
      return storage.unread.total(userId);
    };
    const unread = new Proxy(storage.unread, {
      get: (target, name) => name === "total" ? total : Reflect.get(target, name, target),
    });
    return { ...services, storage: { ...storage, unread } };
  });
  await register(tasks, 2, { device_token: "phone", client_type: ANDROID });
  assert.deepEqual(await tokensOf(tasks, 1, 2, 3, 4), ["phone"]);
  assert.deepEqual(asked, [2]);
});
