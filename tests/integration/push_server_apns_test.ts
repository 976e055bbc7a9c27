/** push_server and Apple's push service, of which the stand-in speaks the real protocol. */
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { DEAD_TOKEN_MS } from "../../servers/push/state/dead_tokens.ts";
import { ManualClock } from "../../shared/clock.ts";
import { APNS_TOPIC, ApnsStandIn, type ApnsStandInOptions } from "../support/push/apns_stand_in.ts";
import { createTestAuthority } from "../../shared/test_support/certificates.ts";
import {
  apnsSettings,
  ios,
  iosToken,
  type PushFixture,
  type PushPeer,
  type PushSettings,
  startPush,
  untilItWorks,
} from "../support/push/push_fixture.ts";
import { StallingProxy } from "../support/push/stalling_proxy.ts";

const MINUTE_MS = 60_000;

interface Stage extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly apns: ApnsStandIn;
  readonly push: PushFixture;
  readonly msg: PushPeer;
}

/** A push_server with token authentication, the stand-in and one msg_server. */
async function stage(options: Partial<ApnsStandInOptions> = {}): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const clock = new ManualClock();
  const authority = createTestAuthority();
  const apns = opened.use(await ApnsStandIn.start({ authority, clock, ...options }));
  const push = opened.use(await startPush([apnsSettings(apns, authority)], { clock }));
  const msg = opened.use(await push.connect());
  const all = opened.move();
  return { clock, apns, push, msg, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Lines of the log with this message, as objects. */
function logged(push: PushFixture, message: string) {
  return push.log.lines.map((line) => JSON.parse(line)).filter((line) => line.message === message);
}

Deno.test("push_server, sends an alert as Apple wants it (P-PUSH7)", async () => {
  await using on = await stage();
  const data = '{"from_id":3,"group_id":9,"msg_type":17}';
  assert.deepEqual(await on.msg.push([ios(1, { badge: 5 })], { text: "ann:你好", data }), [0]);
  const { headers, body, token, status } = await on.apns.inbox.next();
  assert.equal(status, 200);
  assert.equal(token, iosToken(1));
  assert.deepEqual(JSON.parse(body), {
    aps: { alert: { body: "ann:你好" }, badge: 5, sound: "bingbong.aiff" },
    custom: data,
  });
  assert.equal(headers["apns-push-type"], "alert");
  assert.equal(headers["apns-priority"], "10");
  assert.equal(headers["apns-topic"], APNS_TOPIC);
  assert.equal(Number(headers["apns-expiration"]), on.clock.nowMs() / 1000 + 3600);
});

Deno.test("push_server, a silent push changes the badge and shows nothing", async () => {
  await using on = await stage();
  assert.deepEqual(await on.msg.push([ios(1, { badge: 5, pushType: 2 })], { data: "{}" }), [0]);
  const { headers, body, status } = await on.apns.inbox.next();
  assert.equal(status, 200);
  assert.equal(body, '{"aps":{"badge":5},"custom":"{}"}');
  assert.equal(headers["apns-priority"], "5");
});

Deno.test("push_server, shortens a text until Apple takes it", async () => {
  await using on = await stage();
  assert.deepEqual(await on.msg.push([ios(1)], { text: `ann:${"你好".repeat(5000)}` }), [0]);
  const { body, status } = await on.apns.inbox.next();
  assert.equal(status, 200);
  assert.match(JSON.parse(body).aps.alert.body, /^ann:(你好)+你?…$/);
});

for (
  const { status, reason } of [
    { status: 410, reason: "Unregistered" },
    { status: 400, reason: "BadDeviceToken" },
  ]
) {
  Deno.test(`push_server, sends nothing more to a token that Apple answers ${reason} for`, async () => {
    await using on = await stage();
    on.apns.script({ status, reason });
    assert.deepEqual(await on.msg.push([ios(1)]), [0]);
    await on.push.log.logged("push tried", 1);
    assert.deepEqual(await on.msg.push([ios(1), ios(2)]), [1, 0]);
    await on.push.log.logged("push tried", 2);
    assert.deepEqual((await on.apns.inbox.take(2)).map(({ token }) => token), [
      iosToken(1),
      iosToken(2),
    ]);
    // It may have come back to life: it is tried again a day later.
    on.clock.advance(DEAD_TOKEN_MS);
    await using later = await on.push.connect();
    assert.deepEqual(await later.push([ios(1)]), [0]);
    assert.equal((await on.apns.inbox.next()).status, 200);
  });
}

Deno.test("push_server, uses one provider token for all pushes, and a new one after 45 minutes", async () => {
  await using on = await stage();
  await on.msg.push([ios(1), ios(2)]);
  const [first, second] = await on.apns.inbox.take(2);
  assert.equal(first!.headers.authorization, second!.headers.authorization);
  await on.push.log.logged("push tried", 2);
  on.clock.advance(45 * MINUTE_MS);
  await using later = await on.push.connect();
  await later.push([ios(3)]);
  const third = await on.apns.inbox.next();
  assert.equal(third.status, 200);
  assert.equal(third.by, Number(first!.by) + 45 * 60);
});

Deno.test("push_server, sends a push again at once, with a new provider token for an expired one", async () => {
  await using on = await stage();
  await on.msg.push([ios(1)]);
  const first = await on.apns.inbox.next();
  await on.push.log.logged("push tried", 1);
  on.clock.advance(21 * MINUTE_MS);
  on.apns.script({ status: 403, reason: "ExpiredProviderToken" });
  await using later = await on.push.connect();
  assert.deepEqual(await later.push([ios(2)]), [0]);
  const [expired, again] = await on.apns.inbox.take(2);
  assert.deepEqual([expired!.status, again!.status], [403, 200]);
  assert.equal(expired!.by, first.by);
  assert.equal(again!.by, Number(first.by) + 21 * 60);
  await on.push.log.logged("push tried", 2);
  assert.equal(on.push.log.countOf("push service does not take our credentials"), 0);
});

Deno.test("push_server, asks for help once, when Apple does not take its credentials, and goes on trying", async () => {
  await using on = await stage();
  const refusal = { status: 403, reason: "InvalidProviderToken" } as const;
  on.apns.script(refusal, refusal);
  await on.msg.push([ios(1)]);
  await on.push.log.logged("push service does not take our credentials", 1);
  on.clock.advance(2000);
  await on.push.log.logged("push service still fails", 1);
  on.clock.advance(4000);
  await on.push.log.logged("push service works again", 1);
  assert.deepEqual((await on.apns.inbox.take(3)).map(({ status }) => status), [403, 403, 200]);
  const [line] = logged(on.push, "push service does not take our credentials");
  assert.equal(line.level, "error");
  assert.equal(line.reason, "InvalidProviderToken");
});

Deno.test("push_server, leaves a device alone that Apple finds pushed to too much, and no other", async () => {
  await using on = await stage();
  on.apns.script({ status: 429, reason: "TooManyRequests" });
  await on.msg.push([ios(1)]);
  await on.push.log.logged("push tried", 1);
  await on.msg.push([ios(2)]);
  await on.push.log.logged("push tried", 2);
  on.clock.advance(1200);
  await on.push.log.logged("push tried", 3);
  const requests = await on.apns.inbox.take(3);
  assert.deepEqual(requests.map(({ token, status }) => [token, status]), [
    [iosToken(1), 429],
    [iosToken(2), 200],
    [iosToken(1), 200],
  ]);
});

Deno.test("push_server, leaves Apple alone for as long as it asks", async () => {
  await using on = await stage();
  on.apns.script({ status: 503, reason: "ServiceUnavailable", retryAfter: "20" });
  await on.msg.push([ios(1)]);
  await on.push.log.logged("push service fails", 1);
  assert.deepEqual(await on.msg.push([ios(2)]), [0]);
  on.clock.advance(19_999);
  assert.equal(on.apns.inbox.total, 1);
  on.clock.advance(1);
  const [failed, ...delivered] = await on.apns.inbox.take(3);
  assert.equal(failed!.status, 503);
  assert.deepEqual(delivered.map(({ token }) => token).sort(), [iosToken(1), iosToken(2)]);
  assert.equal(
    delivered.find(({ token }) => token === iosToken(1))!.headers["apns-id"],
    failed!.headers["apns-id"],
  );
});

Deno.test("push_server, sends a push again under its id, when the connection breaks in the middle", async () => {
  await using on = await stage();
  on.apns.script("drop");
  await on.msg.push([ios(1)]);
  await on.push.log.logged("push service fails", 1);
  on.clock.advance(1200);
  const [lost, again] = await on.apns.inbox.take(2);
  assert.deepEqual([lost!.connection, again!.connection], [1, 2]);
  assert.equal(again!.status, 200);
  // By which the phone knows that it is the same one, should the first have come through.
  for (const header of ["apns-id", "apns-collapse-id"]) {
    assert.equal(again!.headers[header], lost!.headers[header]);
  }
});

Deno.test("push_server, takes another connection at once, when Apple ends one without looking at a push", async () => {
  await using on = await stage();
  await on.msg.push([ios(1)]);
  await on.push.log.logged("push tried", 1);
  on.apns.script("goaway");
  await on.msg.push([ios(2)]);
  await on.push.log.logged("push tried", 2);
  const requests = await on.apns.inbox.take(3);
  assert.deepEqual(requests.map(({ token, connection }) => [token, connection]), [
    [iosToken(1), 1],
    [iosToken(2), 1],
    [iosToken(2), 2],
  ]);
  assert.equal(on.push.log.countOf("push service fails"), 0);
});

Deno.test("push_server, takes another connection, when there is no answer on one", async () => {
  await using on = await stage();
  on.apns.script("hang");
  await on.msg.push([ios(1)]);
  const first = await on.apns.inbox.next();
  on.clock.advance(10_000);
  await on.push.log.logged("push service fails", 1);
  on.clock.advance(1200);
  const second = await on.apns.inbox.next();
  assert.deepEqual([first.connection, second.connection], [1, 2]);
  assert.equal(second.status, 200);
});

Deno.test("push_server, takes another connection, when the one it has died without a word", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock });
  await using proxy = await StallingProxy.start(apns.port);
  const settings = apnsSettings(apns, authority);
  const lines = settings.lines.map((line) =>
    line.startsWith("ApnsHost=") ? `ApnsHost=localhost:${proxy.port}` : line
  );
  await using push = await startPush([{ ...settings, lines }], { clock });
  await using msg = await push.connect();
  await msg.push([ios(1)]);
  await push.log.logged("push tried", 1);
  proxy.stall();
  await msg.push([ios(2), ios(3)]);
  while (push.log.countOf("push tried") < 3) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await untilItWorks(push);
  const [first, ...others] = await apns.inbox.take(3);
  assert.equal(first!.connection, 1);
  assert.deepEqual(others.map(({ connection }) => connection), [2, 2]);
});

Deno.test("push_server, has no more pushes under way than Apple takes at a time", async () => {
  await using on = await stage({ maxStreams: 1 });
  await on.msg.push([1, 2, 3, 4, 5].map((number) => ios(number)));
  await on.push.log.logged("push tried", 5);
  assert.equal(on.apns.mostOpen, 1);
  assert.equal(on.apns.connections, 1);
  on.apns.allow(3);
  await on.msg.push([ios(6)]);
  await on.push.log.logged("push tried", 6);
  on.apns.script("hang", "hang", "hang");
  await on.msg.push([7, 8, 9, 10, 11].map((number) => ios(number)));
  await on.apns.inbox.take(9);
  assert.equal(on.apns.mostOpen, 3);
  on.apns.release();
  await on.push.log.logged("push tried", 11);
  assert.equal(on.apns.mostOpen, 3);
});

/** Keys of the original: a certificate and an encrypted key. */
function certificateSettings(apns: ApnsStandIn, files: Record<string, string>): PushSettings {
  return {
    lines: [
      "CertPath=apns-dev-cert.pem",
      "KeyPath=apns-dev-key.pem",
      "KeyPassword=tt@mogujie",
      "SandBox=1",
      `ApnsHost=${apns.host}`,
      "CaFile=ca.pem",
    ],
    files,
  };
}

function encrypted(keyPem: string): string {
  return createPrivateKey(keyPem).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "tt@mogujie",
  }) as string;
}

Deno.test("push_server, is known by its certificate, with the keys of an original file", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock, auth: "certificate" });
  const { cert, key } = authority.issueClient("Apple Push Services: com.example");
  const files = {
    "apns-dev-cert.pem": `Bag Attributes\n    friendlyName: push\n${cert}`,
    "apns-dev-key.pem": encrypted(key),
    "ca.pem": authority.cert,
  };
  await using push = await startPush([certificateSettings(apns, files)], { clock });
  await using msg = await push.connect();
  assert.deepEqual(await msg.push([ios(1)]), [0]);
  const { by, headers, status } = await apns.inbox.next();
  assert.equal(status, 200);
  assert.equal(by, "Apple Push Services: com.example");
  assert.equal(headers.authorization, undefined);
  assert.equal(headers["apns-topic"], undefined); // The certificate says it.
});

Deno.test("push_server, does not start with a key that is not the certificate's", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock, auth: "certificate" });
  const files = {
    "apns-dev-cert.pem": authority.issueClient("one").cert,
    "apns-dev-key.pem": encrypted(authority.issueClient("another").key),
    "ca.pem": authority.cert,
  };
  await assert.rejects(
    startPush([certificateSettings(apns, files)], { clock }),
    /KeyPath has a key that is not the one of the certificate in CertPath/,
  );
});

Deno.test("push_server, asks for help, when Apple does not know its certificate", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority, clock, auth: "certificate" });
  const { cert, key } = createTestAuthority("another authority").issueClient("nobody");
  const files = {
    "apns-dev-cert.pem": cert,
    "apns-dev-key.pem": encrypted(key),
    "ca.pem": authority.cert,
  };
  await using push = await startPush([certificateSettings(apns, files)], { clock });
  await using msg = await push.connect();
  assert.deepEqual(await msg.push([ios(1)]), [0]);
  await push.log.logged("push tried", 1);
  assert.equal(push.log.countOf("push service does not take our credentials"), 1);
});

Deno.test("push_server, asks for help, when Apple wants a certificate and it has none", async () => {
  await using on = await stage({ auth: "TLS certificate" });
  assert.deepEqual(await on.msg.push([ios(1)]), [0]);
  await on.push.log.logged("push service does not take our credentials", 1);
});

Deno.test("push_server, trusts nobody who only says that he is Apple", async () => {
  const clock = new ManualClock();
  const authority = createTestAuthority();
  await using apns = await ApnsStandIn.start({ authority: createTestAuthority(), clock });
  await using push = await startPush([apnsSettings(apns, authority)], { clock });
  await using msg = await push.connect();
  assert.deepEqual(await msg.push([ios(1)]), [0]);
  await push.log.logged("push service fails", 1);
  assert.equal(apns.inbox.total, 0);
});
