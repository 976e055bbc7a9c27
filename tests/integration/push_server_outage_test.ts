/** push_server while push services are down, slow or overrun: what is kept, and what is not. */
import assert from "node:assert/strict";
import { HTTP_TIMEOUT_MS } from "../../servers/push/services/http_poster.ts";
import { DEVICE_BURST } from "../../servers/push/state/device_rate.ts";
import { ManualClock, type Timer } from "../../shared/clock.ts";
import { randomInt, seededRandom } from "../../shared/random.ts";
import { type ApnsScript, ApnsStandIn } from "../support/push/apns_stand_in.ts";
import { createTestAuthority } from "../../shared/test_support/certificates.ts";
import { fcmError, type FcmRequest, FcmStandIn, newFcmKey } from "../support/push/fcm_stand_in.ts";
import {
  android,
  apnsSettings,
  fcmSettings,
  ios,
  iosToken,
  type PushFixture,
  type PushPeer,
  startPush,
  webhookSettings,
} from "../support/push/push_fixture.ts";
import { WebhookStandIn } from "../support/push/webhook_stand_in.ts";

const KEY = newFcmKey();

interface Stage extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly fcm: FcmStandIn;
  readonly push: PushFixture;
  readonly msg: PushPeer;
}

/** A push_server with FCM. */
async function stage(lines: readonly string[] = []): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const clock = new ManualClock();
  const fcm = opened.use(await FcmStandIn.start(clock, KEY));
  const push = opened.use(await startPush([fcmSettings(fcm), { lines }], { clock }));
  const msg = opened.use(await push.connect());
  const all = opened.move();
  return { clock, fcm, push, msg, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** A push_server that has just noticed that FCM is gone. */
async function duringOutage(lines: readonly string[] = []): Promise<Stage> {
  const on = await stage(lines);
  await on.fcm.close();
  await on.msg.push([android("first-to-notice")]);
  await on.push.log.logged("push service fails", 1);
  return on;
}

/** The longest pause after one failure, in milliseconds. */
const NEXT_TRY_MS = 1200;

function tally(push: PushFixture) {
  const lines = push.log.lines.map((line) => JSON.parse(line));
  return lines.filter(({ message }) => message === "pushes").at(-1);
}

Deno.test("push_server, delivers what it was given while a service was down, when it is back", async () => {
  await using on = await duringOutage();
  const tokens = Array.from({ length: 50 }, (_, index) => `token-${index}`);
  assert.deepEqual(await on.msg.push(tokens.map((token) => android(token))), tokens.map(() => 0));
  await on.fcm.open();
  on.clock.advance(NEXT_TRY_MS);
  await on.push.log.logged("push service works again", 1);
  const got = (await on.fcm.inbox.take(51)).map(({ message }) => message.token);
  assert.deepEqual(got.toSorted(), ["first-to-notice", ...tokens].toSorted());
});

Deno.test("push_server, tries a service that was down with one push, before it sends the others", async () => {
  await using on = await duringOutage();
  await on.msg.push(Array.from({ length: 20 }, (_, index) => android(`token-${index}`)));
  on.fcm.script({ status: 503 });
  await on.fcm.open();
  on.clock.advance(NEXT_TRY_MS);
  await on.push.log.logged("push service still fails", 1);
  assert.equal(on.fcm.inbox.total, 1);
});

Deno.test("push_server, keeps the newest push of a conversation and a device, while they wait", async () => {
  await using on = await duringOutage();
  const single = '{"from_id":3,"msg_type":1}';
  const group = '{"from_id":3,"group_id":3,"msg_type":17}';
  const order = (text: string, data: string, badge: number, pushType = 1) =>
    on.msg.push([android("phone", { badge, pushType })], { text, data });
  await order("one", single, 1);
  await order("in a group", group, 2);
  await order("two", single, 3);
  await order("", single, 4, 2);
  await order("three", single, 5);
  await order("", group, 6, 2);
  await on.fcm.open();
  on.clock.advance(NEXT_TRY_MS);
  const got = (await on.fcm.inbox.take(4)).map(({ message }) => message)
    .filter(({ token }) => token === "phone")
    .map(({ notification, data }) => [notification?.body, data.badge]);
  assert.deepEqual(got, [["in a group", "2"], ["three", "5"], [undefined, "6"]]);
});

Deno.test("push_server, forgets a push after an hour", async () => {
  await using on = await stage();
  on.fcm.script(fcmError(503, "UNAVAILABLE", { retryAfter: "3600" }));
  await on.msg.push([android("first")]);
  await on.push.log.logged("push service fails", 1);
  await on.msg.push([android("early")]);
  on.clock.advance(1000);
  await on.msg.push([android("late")]);
  on.clock.advance(3600_000 - 1000);
  await on.push.log.logged("push service works again", 1);
  const [, { message }] = await on.fcm.inbox.take(2) as [FcmRequest, FcmRequest];
  assert.deepEqual([message.token, message.android.ttl], ["late", "1s"]);
  on.clock.advance(60_000);
  assert.equal(on.fcm.inbox.total, 2);
  assert.equal(tally(on.push).expired, 2);
});

Deno.test("push_server, forgets a push after PushExpirationSec", async () => {
  await using on = await stage(["PushExpirationSec=5"]);
  on.fcm.script(fcmError(503, "UNAVAILABLE", { retryAfter: "10" }));
  await on.msg.push([android("early")]);
  await on.push.log.logged("push service fails", 1);
  on.clock.advance(10_000);
  await on.msg.push([android("late")]);
  const [, { message }] = await on.fcm.inbox.take(2) as [FcmRequest, FcmRequest];
  assert.deepEqual([message.token, message.android.ttl], ["late", "5s"]);
});

Deno.test("push_server, drops what has waited longest, when too many wait", async () => {
  await using on = await duringOutage(["MaxQueuedPushes=3"]);
  const tokens = ["a", "b", "c", "d", "e"];
  assert.deepEqual(await on.msg.push(tokens.map((token) => android(token))), [0, 0, 0, 0, 0]);
  await on.fcm.open();
  on.clock.advance(NEXT_TRY_MS);
  const got = (await on.fcm.inbox.take(3)).map(({ message }) => message.token);
  assert.deepEqual(got.toSorted(), ["c", "d", "e"]);
  await on.push.log.logged("push service works again", 1);
  on.clock.advance(60_000);
  const lines = on.push.log.lines.map((line) => JSON.parse(line));
  const dropped = lines.filter(({ message }) => message === "pushes")
    .map(({ level, dropped }) => [level, dropped]);
  assert.deepEqual(dropped[0], ["warn", 3]);
});

Deno.test("push_server, a service that is down holds no other one back", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using fcm = await FcmStandIn.start(clock, KEY);
  await using apns = await ApnsStandIn.start({ authority, clock });
  const settings = [fcmSettings(fcm), apnsSettings(apns, authority)];
  await using push = await startPush(settings, { clock });
  await using msg = await push.connect();
  await fcm.close();
  assert.deepEqual(await msg.push([android("a"), ios(1)]), [0, 0]);
  await push.log.logged("push service fails", 1);
  assert.deepEqual(await msg.push([android("b"), ios(2)]), [0, 0]);
  assert.deepEqual((await apns.inbox.take(2)).map(({ token }) => token), [
    iosToken(1),
    iosToken(2),
  ]);
  await fcm.open();
});

Deno.test("push_server, delivers to Apple what waited, when the service is back at its address", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  const before = await ApnsStandIn.start({ authority, clock });
  await using push = await startPush([apnsSettings(before, authority)], { clock });
  await using msg = await push.connect();
  await msg.push([ios(1)]);
  await push.log.logged("push tried", 1);
  await before[Symbol.asyncDispose]();
  assert.deepEqual(await msg.push([ios(2), ios(3)]), [0, 0]);
  await push.log.logged("push service fails", 1);
  const { port, key } = before;
  await using after = await ApnsStandIn.start({ authority, clock, port, key });
  clock.advance(NEXT_TRY_MS);
  assert.deepEqual((await after.inbox.take(2)).map(({ token }) => token).toSorted(), [
    iosToken(2),
    iosToken(3),
  ]);
});

Deno.test("push_server, answers a msg_server at once, however slow a service is", async () => {
  await using webhook = await WebhookStandIn.start();
  await using push = await startPush([webhookSettings(webhook)]);
  await using msg = await push.connect();
  webhook.script(...Array.from({ length: 100 }, () => "hang" as const));
  for (let each = 0; each < 50; each++) {
    assert.deepEqual(await msg.push([android(`token-${each}`), ios(each)]), [0, 0]);
  }
});

Deno.test("push_server, pushes to one device no faster than its rate, the newest first to count", async () => {
  await using webhook = await WebhookStandIn.start();
  await using push = await startPush([webhookSettings(webhook)]);
  await using msg = await push.connect();
  for (let each = 1; each <= DEVICE_BURST; each++) {
    await msg.push([android("phone", { badge: each })]);
    await webhook.inbox.next();
  }
  for (let each = 1; each <= 5; each++) {
    await msg.push([android("phone", { badge: DEVICE_BURST + each })]);
  }
  await msg.push([android("another phone".replace(" ", "-"))]);
  assert.equal((await webhook.inbox.next()).body.data.token, "another-phone");
  push.clock.advance(1000);
  assert.equal((await webhook.inbox.next()).body.data.badge, DEVICE_BURST + 5);
});

Deno.test("push_server, writes neither tokens nor texts to its log, whatever happens", async () => {
  await using on = await duringOutage();
  const secrets = ["a-secret-token", "a secret text", "a secret detail"];
  await on.fcm.open();
  on.fcm.script(
    { status: 400, body: JSON.stringify({ error: { status: secrets.join(" ") } }) },
    { status: 500, body: secrets.join(" ") },
  );
  const data = JSON.stringify({ from_id: 3, detail: "a secret detail" });
  for (const kind of ["", "-2", "-3"]) {
    await on.msg.push([android(`a-secret-token${kind}`)], { text: "a secret text", data });
  }
  on.clock.advance(NEXT_TRY_MS);
  await on.push.log.logged("push tried", 5);
  on.clock.advance(NEXT_TRY_MS);
  await on.push.log.logged("push tried", 6);
  const log = on.push.log.lines.join("\n");
  for (const secret of [...secrets, "access-token", "PRIVATE KEY", "assertion"]) {
    assert.ok(!log.includes(secret), secret);
  }
});

/** Knows how many requests wait for an answer: each has a timer of this length. */
class RequestClock extends ManualClock {
  underWay = 0;

  override after(delayMs: number, run: () => void): Timer {
    if (delayMs !== HTTP_TIMEOUT_MS) return super.after(delayMs, run);
    let isOver = false;
    const over = () => {
      if (!isOver) this.underWay--;
      isOver = true;
    };
    this.underWay++;
    const timer = super.after(delayMs, () => {
      over();
      run();
    });
    return {
      cancel: () => {
        over();
        timer.cancel();
      },
    };
  }
}

Deno.test("push_server, delivers every push, whatever its connections to Apple go through", async () => {
  const PUSHES = 80;
  const STEP_MS = 20;
  /** So much faster than time itself while a request is under way: ten seconds are then half of one. */
  const PACE = 20;
  /** Pushes are of use for an hour. */
  const LIMIT_MS = 3_000_000;
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  const random = seededRandom(seed);
  const clock = new RequestClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock, maxStreams: 7 });
  await using push = await startPush([apnsSettings(apns, authority)], { clock });
  await using msg = await push.connect();
  const troubles: readonly ApnsScript[] = [
    "drop",
    "goaway",
    { status: 503, reason: "Shutdown" },
    { status: 500, reason: "InternalServerError" },
    { status: 429, reason: "TooManyRequests" },
  ];
  apns.script(...Array.from({ length: 3 * PUSHES }, () => {
    return randomInt(random, 5) > 0 ? "judge" : troubles[randomInt(random, troubles.length)]!;
  }));
  const reached = new Set<string>();
  const endMs = clock.nowMs() + LIMIT_MS;
  let sinceMs = performance.now();
  for (let turn = 0; reached.size < PUSHES; turn++) {
    assert.ok(clock.nowMs() < endMs, `${reached.size} of ${PUSHES} with seed ${seed}`);
    const targets = turn < PUSHES ? [ios(turn)] : [];
    assert.deepEqual(await msg.push(targets), targets.map(() => 0));
    for (const { status, token } of apns.inbox.takeAll()) {
      if (status === 200) reached.add(token);
    }
    const tookMs = performance.now() - sinceMs;
    sinceMs += tookMs;
    clock.advance(clock.underWay === 0 ? STEP_MS : Math.min(STEP_MS, PACE * tookMs));
  }
});
