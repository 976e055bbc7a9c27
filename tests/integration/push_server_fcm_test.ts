/** push_server and FCM, of which the stand-in speaks the real protocol over HTTP. */
import assert from "node:assert/strict";
import { ManualClock } from "../../shared/clock.ts";
import { fcmError, FcmStandIn, newFcmKey } from "../support/push/fcm_stand_in.ts";
import {
  android,
  fcmSettings,
  type PushFixture,
  type PushPeer,
  startPush,
  untilItWorks,
} from "../support/push/push_fixture.ts";

const HOUR_MS = 3600_000;

const KEY = newFcmKey();

interface Stage extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly fcm: FcmStandIn;
  readonly push: PushFixture;
  readonly msg: PushPeer;
}

async function stage(): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const clock = new ManualClock();
  const fcm = opened.use(await FcmStandIn.start(clock, KEY));
  const push = opened.use(await startPush([fcmSettings(fcm)], { clock }));
  const msg = opened.use(await push.connect());
  const all = opened.move();
  return { clock, fcm, push, msg, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

Deno.test("push_server, sends an alert as FCM wants it, with an access token for a signed statement", async () => {
  await using on = await stage();
  const data = '{"from_id":3,"msg_type":1}';
  assert.deepEqual(
    await on.msg.push([android("phone", { badge: 5 })], { text: "ann:你好", data }),
    [
      0,
    ],
  );
  const { message, accessToken } = await on.fcm.inbox.next();
  assert.equal(accessToken, "access-token-1");
  const { tag } = message.android.notification;
  assert.match(tag, /^[0-9a-f-]{36}$/);
  assert.deepEqual(message, {
    token: "phone",
    notification: { body: "ann:你好" },
    data: { custom: data, badge: "5" },
    android: {
      priority: "HIGH",
      ttl: "3600s",
      notification: { sound: "default", tag, notification_count: 5 },
    },
  });
  await on.push.log.logged("push tried", 1);
  assert.ok(on.push.log.lines.some((line) => line.includes('"kind":"delivered"')));
});

Deno.test("push_server, a silent push through FCM shows nothing and does not wake the phone", async () => {
  await using on = await stage();
  await on.msg.push([android("phone", { badge: 5, pushType: 2 })], { data: "{}" });
  assert.deepEqual((await on.fcm.inbox.next()).message, {
    token: "phone",
    data: { custom: "{}", badge: "5" },
    android: { priority: "NORMAL", ttl: "3600s" },
  });
});

Deno.test("push_server, shortens a text until FCM takes it", async () => {
  await using on = await stage();
  await on.msg.push([android("phone")], { text: "你".repeat(5000) });
  const { notification, data } = (await on.fcm.inbox.next()).message;
  assert.match(notification.body, /^你+…$/);
  const size = new TextEncoder().encode(JSON.stringify({ notification, data })).length;
  assert.ok(size <= 4096 && size > 4090, String(size));
});

Deno.test("push_server, asks for one access token for all pushes, and for a new one before it ends", async () => {
  await using on = await stage();
  await on.msg.push(["a", "b", "c"].map((token) => android(token)));
  await on.push.log.logged("push tried", 3);
  assert.equal(on.fcm.tokenRequests.total, 1);
  on.clock.advance(HOUR_MS - 5 * 60_000);
  await using later = await on.push.connect();
  await later.push([android("d")]);
  await on.push.log.logged("push tried", 4);
  assert.equal(on.fcm.tokenRequests.total, 2);
  const used = (await on.fcm.inbox.take(4)).map(({ accessToken }) => accessToken);
  assert.deepEqual(new Set(used.slice(0, 3)), new Set(["access-token-1"]));
  assert.equal(used[3], "access-token-2");
});

Deno.test("push_server, gets another access token at once, when FCM does not take the one it has", async () => {
  await using on = await stage();
  await on.msg.push([android("a")]);
  await on.push.log.logged("push tried", 1);
  on.fcm.revoke();
  await on.msg.push([android("b")]);
  await on.push.log.logged("push tried", 2);
  const used = (await on.fcm.inbox.take(3)).map(({ accessToken }) => accessToken);
  assert.deepEqual(used, ["access-token-1", "access-token-1", "access-token-2"]);
  assert.equal(on.push.log.countOf("push service fails"), 0);
});

for (
  const { status, name, errorCode } of [
    { status: 404, name: "NOT_FOUND", errorCode: "UNREGISTERED" },
    { status: 400, name: "INVALID_ARGUMENT", errorCode: "INVALID_ARGUMENT" },
  ]
) {
  Deno.test(`push_server, sends nothing more to a token that FCM answers ${errorCode} for`, async () => {
    await using on = await stage();
    on.fcm.script(fcmError(status, name, { errorCode }));
    assert.deepEqual(await on.msg.push([android("old")]), [0]);
    await on.push.log.logged("push tried", 1);
    assert.deepEqual(await on.msg.push([android("old"), android("new")]), [1, 0]);
    await on.push.log.logged("push tried", 2);
    assert.equal(on.fcm.inbox.total, 2);
  });
}

Deno.test("push_server, gives up a push that FCM rejects, and keeps its token", async () => {
  await using on = await stage();
  on.fcm.script(fcmError(400, "INVALID_ARGUMENT"));
  await on.msg.push([android("a")]);
  await on.push.log.logged("push tried", 1);
  assert.deepEqual(await on.msg.push([android("a")]), [0]);
  await on.push.log.logged("push tried", 2);
  on.clock.advance(60_000); // The counts are written once a minute.
  const [line] = on.push.log.lines.filter((text) => text.includes('"message":"pushes"'));
  const { level, delivered, rejected, reasons } = JSON.parse(line!);
  assert.deepEqual([level, delivered, rejected], ["warn", 1, 1]);
  assert.deepEqual(reasons, { "rejected: INVALID_ARGUMENT": 1 });
});

Deno.test("push_server, leaves FCM alone for as long as it asks, a minute when it names no time", async () => {
  await using on = await stage();
  on.fcm.script(
    fcmError(503, "UNAVAILABLE", { errorCode: "UNAVAILABLE", retryAfter: "30" }),
    fcmError(429, "RESOURCE_EXHAUSTED", { errorCode: "QUOTA_EXCEEDED" }),
  );
  await on.msg.push([android("a")]);
  await on.push.log.logged("push service fails", 1);
  on.clock.advance(29_999);
  assert.equal(on.fcm.inbox.total, 1);
  on.clock.advance(1);
  await on.push.log.logged("push service still fails", 1);
  on.clock.advance(59_999);
  assert.equal(on.fcm.inbox.total, 2);
  on.clock.advance(1);
  await on.push.log.logged("push service works again", 1);
  const ttls = (await on.fcm.inbox.take(3)).map(({ message }) => message.android.ttl);
  // What is left of the hour, not an hour each time.
  assert.deepEqual(ttls, ["3600s", "3570s", "3510s"]);
});

Deno.test("push_server, tries again after a broken connection", async () => {
  await using on = await stage();
  // Two, because a request that breaks with a kept connection is sent again without a failure.
  on.fcm.script("drop", "drop");
  await on.msg.push([android("a")]);
  await on.push.log.logged("push service fails", 1);
  await untilItWorks(on.push);
  assert.equal(on.fcm.inbox.total, 3);
});

Deno.test("push_server, tries again when FCM does not answer", async () => {
  await using on = await stage();
  on.fcm.script("hang");
  await on.msg.push([android("a")]);
  await on.fcm.inbox.next();
  on.clock.advance(10_000);
  await on.push.log.logged("push service fails", 1);
  await untilItWorks(on.push);
  assert.equal(on.fcm.inbox.total, 2);
});

Deno.test("push_server, keeps pushes while the token endpoint fails", async () => {
  await using on = await stage();
  on.fcm.scriptToken({ status: 503 }, "drop", "drop");
  await on.msg.push([android("a")]);
  await on.push.log.logged("push service fails", 1);
  await untilItWorks(on.push);
  assert.equal(on.fcm.tokenRequests.total, 4);
  assert.equal(on.fcm.inbox.total, 1);
});

Deno.test("push_server, asks for help, when Google does not take its statement or its account", async () => {
  await using on = await stage();
  on.fcm.scriptToken({ status: 400, body: '{"error":"invalid_grant"}' });
  await on.msg.push([android("a")]);
  await on.push.log.logged("push service does not take our credentials", 1);
  on.clock.advance(1200);
  await on.push.log.logged("push service works again", 1);
  on.fcm.script(fcmError(403, "PERMISSION_DENIED"));
  await on.msg.push([android("b")]);
  await on.push.log.logged("push service does not take our credentials", 2);
  const reasons = on.push.log.lines.map((line) => JSON.parse(line))
    .filter(({ level }) => level === "error").map(({ reason }) => reason);
  assert.deepEqual(reasons, ["token endpoint: invalid_grant", "PERMISSION_DENIED"]);
});
