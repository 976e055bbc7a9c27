/** push_server at its end: what is under way, what waits, and what is left behind. */
import assert from "node:assert/strict";
import { ManualClock } from "../../shared/clock.ts";
import { ApnsStandIn } from "../support/push/apns_stand_in.ts";
import { createTestAuthority } from "../../shared/test_support/certificates.ts";
import {
  android,
  apnsSettings,
  ios,
  startPush,
  stopPush,
  webhookSettings,
} from "../support/push/push_fixture.ts";
import { WebhookStandIn } from "../support/push/webhook_stand_in.ts";

const OF_LOST = "pushes lost by stopping";

Deno.test("push_server, waits for answers under way, when it stops", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock });
  const push = await startPush([apnsSettings(apns, authority)], { clock });
  await using msg = await push.connect();
  apns.script("hang", "hang");
  await msg.push([ios(1), ios(2)]);
  await apns.inbox.take(2);
  const stopped = push.server.stop();
  for (let waitedMs = 0; waitedMs < 1500; waitedMs += 100) {
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await msg.link.ended();
  apns.release();
  await stopped;
  assert.equal(push.log.lines.filter((line) => line.includes('"kind":"delivered"')).length, 2);
  assert.equal(push.log.countOf(OF_LOST), 0);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("push_server, sends what waits, when it stops", async () => {
  await using webhook = await WebhookStandIn.start();
  const push = await startPush([webhookSettings(webhook)]);
  await using msg = await push.connect();
  await msg.push(Array.from({ length: 200 }, (_, index) => android(`token-${index}`)));
  await push.server.stop();
  assert.equal(webhook.inbox.total, 200);
  assert.equal(push.log.countOf(OF_LOST), 0);
});

Deno.test("push_server, gives up and says how many pushes are lost, when a service does not answer", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock });
  await using webhook = await WebhookStandIn.start();
  const settings = [apnsSettings(apns, authority), webhookSettings(webhook)];
  const push = await startPush(settings, { clock });
  await using msg = await push.connect();
  apns.script("hang", "hang");
  webhook.script(...Array.from({ length: 16 }, () => "hang" as const));
  await msg.push([ios(1), ios(2)]);
  await msg.push(Array.from({ length: 20 }, (_, index) => android(`token-${index}`)));
  await apns.inbox.take(2);
  await webhook.inbox.take(16);
  const startMs = clock.nowMs();
  await stopPush(push.server, clock);
  assert.ok(clock.nowMs() - startMs < 4000, "in the time that a role may take");
  const lost = push.log.lines.map((line) => JSON.parse(line))
    .filter(({ message }) => message === OF_LOST)
    .map(({ service, lost }) => `${service} ${lost}`);
  assert.deepEqual(lost.toSorted(), ["apns 2", "webhook 20"]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("push_server, does not wait for a service that is down, when it stops", async () => {
  await using webhook = await WebhookStandIn.start();
  const push = await startPush([webhookSettings(webhook)]);
  await using msg = await push.connect();
  webhook.script({ status: 503 });
  await msg.push([android("a"), android("a", { pushType: 2 })]);
  await push.log.logged("push service fails", 1);
  await msg.link.close();
  await push.server.stop(); // On a clock that stands still.
  assert.equal(push.log.countOf(OF_LOST), 1);
});

Deno.test("push_server, stops in the middle of connecting", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock });
  const push = await startPush([apnsSettings(apns, authority)], { clock });
  await using msg = await push.connect();
  await msg.push([ios(1)]);
  await stopPush(push.server, clock);
  assert.equal(clock.pendingTimers, 0);
});
