/** push_server and the webhook of an operator. */
import assert from "node:assert/strict";
import { ManualClock } from "../../shared/clock.ts";
import { ApnsStandIn } from "../support/push/apns_stand_in.ts";
import { createTestAuthority } from "../../shared/test_support/certificates.ts";
import { FcmStandIn, newFcmKey } from "../support/push/fcm_stand_in.ts";
import {
  android,
  apnsSettings,
  fcmSettings,
  ios,
  iosToken,
  type PushFixture,
  type PushPeer,
  startPush,
  untilItWorks,
  webhookSettings,
} from "../support/push/push_fixture.ts";
import { WebhookStandIn } from "../support/push/webhook_stand_in.ts";

const KEY = newFcmKey();

interface Stage extends AsyncDisposable {
  readonly webhook: WebhookStandIn;
  readonly push: PushFixture;
  readonly msg: PushPeer;
}

async function stage(): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const webhook = opened.use(await WebhookStandIn.start());
  const push = opened.use(await startPush([webhookSettings(webhook)]));
  const msg = opened.use(await push.connect());
  const all = opened.move();
  return { webhook, push, msg, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

Deno.test("push_server, posts a push to the webhook, signed", async () => {
  await using on = await stage();
  const data = '{"from_id":3,"msg_type":1}';
  const target = android("phone", { userId: 42, badge: 5 });
  assert.deepEqual(await on.msg.push([target], { text: "ann:你好", data }), [0]);
  const { id, timestampSec, body } = await on.webhook.inbox.next();
  const nowSec = on.push.clock.nowMs() / 1000;
  assert.equal(timestampSec, nowSec);
  assert.deepEqual(body, {
    type: "push",
    id,
    data: {
      user_id: 42,
      client_type: "android",
      token: "phone",
      silent: false,
      text: "ann:你好",
      badge: 5,
      custom: data,
      expires_at: nowSec + 3600,
    },
  });
  // The receiver answers 401 for a bad signature, which would not be delivered.
  await on.push.log.logged("push tried", 1);
  assert.ok(on.push.log.lines.some((line) => line.includes('"kind":"delivered"')));
});

Deno.test("push_server, tells the webhook which pushes are silent, and who has an iPhone", async () => {
  await using on = await stage();
  await on.msg.push([ios(1, { pushType: 2 })]);
  const { data } = (await on.webhook.inbox.next()).body;
  assert.deepEqual([data.client_type, data.token, data.silent, data.text], [
    "ios",
    iosToken(1),
    true,
    null,
  ]);
});

Deno.test("push_server, uses the webhook only for terminals without a service of their own", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock });
  await using webhook = await WebhookStandIn.start();
  await using fcm = await FcmStandIn.start(clock, KEY);
  const appleOnly = [apnsSettings(apns, authority), webhookSettings(webhook)];
  await using one = await startPush(appleOnly, { clock });
  await using toOne = await one.connect();
  await toOne.push([ios(1), android("a")]);
  assert.equal((await apns.inbox.next()).token, iosToken(1));
  assert.equal((await webhook.inbox.next()).body.data.token, "a");

  await using other = await startPush([fcmSettings(fcm), webhookSettings(webhook)], { clock });
  await using toOther = await other.connect();
  await toOther.push([ios(2), android("b")]);
  assert.equal((await fcm.inbox.next()).message.token, "b");
  assert.equal((await webhook.inbox.next()).body.data.token, iosToken(2));
});

Deno.test("push_server, sends a push again under its id with a new signature, until the webhook takes it", async () => {
  await using on = await stage();
  on.webhook.script({ status: 503, headers: { "retry-after": "5" } }, "drop", "drop");
  await on.msg.push([android("a")]);
  await on.push.log.logged("push service fails", 1);
  await untilItWorks(on.push);
  const requests = await on.webhook.inbox.take(4);
  assert.equal(new Set(requests.map(({ id }) => id)).size, 1);
  assert.equal(requests[1]!.timestampSec, requests[0]!.timestampSec + 5);
});

Deno.test("push_server, sends nothing more to a token that the webhook answers 410 for", async () => {
  await using on = await stage();
  on.webhook.script({ status: 410 });
  assert.deepEqual(await on.msg.push([android("a")]), [0]);
  await on.push.log.logged("push tried", 1);
  assert.deepEqual(await on.msg.push([android("a"), android("b")]), [1, 0]);
});

Deno.test("push_server, does not follow a webhook to another address", async () => {
  await using on = await stage();
  await using elsewhere = await WebhookStandIn.start();
  on.webhook.script({ status: 307, headers: { location: elsewhere.url } });
  await on.msg.push([android("a")]);
  await on.push.log.logged("push service fails", 1);
  assert.equal(elsewhere.inbox.total, 0);
});

Deno.test("push_server, has no more than a few requests under way to a webhook", async () => {
  await using on = await stage();
  on.webhook.script(...Array.from({ length: 16 }, () => "hang" as const));
  await on.msg.push(
    Array.from({ length: 40 }, (_, index) => android(`token ${index}`.replace(" ", "-"))),
  );
  await on.webhook.inbox.take(16);
  assert.equal(on.webhook.inbox.total, 16);
  on.push.clock.advance(10_000);
  await on.push.log.logged("push service fails", 1);
});
