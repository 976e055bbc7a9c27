/** TLS of links: who is let in, what is checked, and that certificates can change (real sockets). */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { ManualClock, systemClock } from "../clock.ts";
import { collectingLogger } from "../log/mod.ts";
import { createTestAuthority } from "../test_support/certificates.ts";
import { TcpNetwork } from "./tcp_network.ts";
import { frameOf, until, World } from "./test_support/pair.ts";
import { CertificateFolder } from "./test_support/secured_network.ts";
import { TlsContexts } from "./tls_contexts.ts";
import { CertificateError, LOOK_EVERY_MS } from "./tls_files.ts";
import { HANDSHAKE_LIMIT_MS } from "./tls_upgrade.ts";
import type { ConnectTls, Listener, ListenTls } from "./types.ts";

const DAY_MS = 24 * 3600_000;

interface Setup {
  readonly world: World;
  readonly folder: CertificateFolder;
  readonly clock: ManualClock;
  readonly contexts: TlsContexts;
  readonly log: ReturnType<typeof collectingLogger>;
}

function tlsTest(name: string, test: (setup: Setup) => Promise<void>): void {
  Deno.test(`TLS: ${name}`, async () => {
    using folder = new CertificateFolder();
    const clock = new ManualClock(Date.now());
    const log = collectingLogger();
    const contexts = new TlsContexts(clock, log);
    const world = new World(new TcpNetwork(clock, { contexts }));
    try {
      await test({ world, folder, clock, contexts, log });
    } finally {
      await world.end();
    }
    assert.equal(contexts.isUsed, false, "a stopped listener leaves nothing to be reloaded");
    await until(() => clock.pendingTimers === 0);
  });
}

/** `opened`, or why not. */
async function outcome(world: World, listener: Listener, tls: ConnectTls | undefined) {
  const near = world.connect(listener, { tls });
  await near.recorder.until("an outcome", () => near.recorder.events.length > 0);
  near.link.send(frameOf(1));
  return near.recorder.events[0]!;
}

/** The end of the certificate that a listener shows. */
function shownEnd(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().valid_to);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

tlsTest("a link says that it is one, on both sides", async ({ world, folder }) => {
  const { near, far } = await world.pair({
    near: { tls: folder.connect },
    far: { tls: folder.listen },
  });
  assert.deepEqual([near.link.transport, far.link.transport], ["tls", "tls"]);
  assert.match(far.link.remote, /^127\.0\.0\.1:\d+$/);
});

tlsTest("who connects checks authority and name", async ({ world, folder }) => {
  const { listener } = await world.listen({ tls: folder.listen });
  assert.equal(await outcome(world, listener, folder.connect), "opened");
  const otherCa = folder.write("other.pem", createTestAuthority().cert);
  const wrongAuthority = await outcome(world, listener, { ...folder.connect, caFile: otherCa });
  assert.match(wrongAuthority, /^closed: .*(certificate|issuer)/i);
  const unknown = await outcome(world, listener, { ...folder.connect, caFile: null });
  assert.match(unknown, /^closed: .*certificate/i);
  const wrongName = { ...folder.connect, serverName: "other.example" };
  assert.match(await outcome(world, listener, wrongName), /^closed: .*altnames/);
  const rightName = { ...folder.connect, serverName: "localhost" };
  assert.equal(await outcome(world, listener, rightName), "opened");
  const noFile = { ...folder.connect, caFile: folder.path("none.pem") };
  assert.match(await outcome(world, listener, noFile), /^closed: .*there is no such file/);
});

tlsTest(
  "an expired certificate is not accepted by who connects",
  async ({ world, folder, log }) => {
    folder.writeServer(folder.authority.issueServer(["127.0.0.1"], -3600_000));
    const { listener } = await world.listen({ tls: folder.listen });
    assert.match(await outcome(world, listener, folder.connect), /^closed: .*certificate/i);
    assert.deepEqual(log.records.map(({ level, message }) => [level, message]), [
      ["error", "certificate has expired"],
    ]);
  },
);

tlsTest("a listener with an authority asks who connects for a certificate", async (setup) => {
  const { world, folder } = setup;
  const tls: ListenTls = { ...folder.listen, clientCaFile: folder.caFile };
  const { listener, accepted } = await world.listen({ tls });
  const known = world.connect(listener, { tls: { ...folder.connect, ...folder.client() } });
  known.link.send(frameOf(1));
  await until(() => accepted[0]?.recorder.frames.length === 1);

  using strangers = new CertificateFolder();
  for (const shown of [{}, strangers.client("stranger")]) {
    const refused = world.connect(listener, { tls: { ...folder.connect, ...shown } });
    await refused.recorder.untilClosed();
  }
  assert.equal(accepted.length, 1, "nobody else became a link");
});

tlsTest("plain TCP is not served, but for addresses that are excepted", async (setup) => {
  const { world, folder } = setup;
  const strict = await world.listen({ tls: folder.listen });
  const plain = world.connect(strict.listener);
  plain.link.send(frameOf(1));
  await plain.recorder.untilClosed();
  assert.equal(strict.accepted.length, 0);
  const asked: string[] = [];
  const isPlain = (address: string) => asked.push(address) > 0;
  const lenient = await world.listen({ tls: { ...folder.listen, isPlain } });
  const excepted = world.connect(lenient.listener);
  excepted.link.send(frameOf(1));
  await until(() => lenient.accepted[0]?.recorder.frames.length === 1);
  assert.equal(lenient.accepted[0]!.link.transport, "tcp");
  assert.deepEqual(asked, ["127.0.0.1"]);
});

tlsTest("a handshake that does not go on is ended, and counted until then", async (setup) => {
  const { world, folder, clock } = setup;
  const { listener, accepted } = await world.listen({ tls: folder.listen, maxLinks: 1 });
  const silent = connect(listener.address.port, "127.0.0.1");
  const closed = new Promise((resolve) => silent.once("close", resolve));
  await new Promise((resolve) => silent.once("connect", resolve));
  await until(() => clock.pendingTimers === 1);
  const second = world.connect(listener, { tls: folder.connect });
  await second.recorder.untilClosed();
  clock.advance(HANDSHAKE_LIMIT_MS - 1);
  assert.equal(silent.destroyed, false);
  clock.advance(1);
  await closed;
  assert.equal(accepted.length, 0);
  assert.equal(await outcome(world, listener, folder.connect), "opened");
});

tlsTest("who hangs up in a handshake is gone at once", async ({ world, folder, clock }) => {
  const { listener } = await world.listen({ tls: folder.listen, maxLinks: 1 });
  const silent = connect(listener.address.port, "127.0.0.1");
  await new Promise((resolve) => silent.once("connect", resolve));
  await until(() => clock.pendingTimers === 1);
  silent.end();
  await until(() => clock.pendingTimers === 0);
  assert.equal(await outcome(world, listener, folder.connect), "opened");
  silent.destroy();
});

tlsTest("a new certificate is for new links, old ones go on", async (setup) => {
  const { world, folder, clock, log } = setup;
  const { listener, accepted } = await world.listen({ tls: folder.listen });
  const { port } = listener.address;
  const near = world.connect(listener, { tls: folder.connect });
  await near.recorder.untilOpened();
  const before = await shownEnd(port);
  folder.writeServer(folder.authority.issueServer(["127.0.0.1"], 20 * DAY_MS));
  assert.equal(await shownEnd(port), before, "files are not looked at for every connection");
  clock.advance(LOOK_EVERY_MS);
  assert.notEqual(await shownEnd(port), before);
  near.link.send(frameOf(7));
  await until(() => accepted.some(({ recorder }) => recorder.seqNums.includes(7)));
  assert.equal(log.records.filter(({ message }) => message === "certificate read again").length, 1);
});

tlsTest("a signal has files read at once", async ({ world, folder, contexts, log }) => {
  const { listener } = await world.listen({ tls: folder.listen });
  const before = await shownEnd(listener.address.port);
  contexts.reload();
  assert.deepEqual(log.records.filter(({ level }) => level === "info"), [], "nothing has changed");
  folder.writeServer(folder.authority.issueServer(["127.0.0.1"], 20 * DAY_MS));
  contexts.reload();
  assert.notEqual(await shownEnd(listener.address.port), before);
});

tlsTest("a new certificate that cannot be used is told once, the old one stays", async (setup) => {
  const { world, folder, contexts, log } = setup;
  const { listener } = await world.listen({ tls: folder.listen });
  const before = await shownEnd(listener.address.port);
  const { cert } = folder.authority.issueServer(["127.0.0.1"], 20 * DAY_MS);
  folder.write("server.pem", cert); // Its key is still the old one.
  contexts.reload();
  contexts.reload();
  assert.equal(await shownEnd(listener.address.port), before);
  const errors = log.records.filter(({ level }) => level === "error");
  assert.deepEqual(errors.map(({ message }) => message), [
    "new certificate not used, the old one stays",
  ]);
  assert.match(
    String(errors[0]!.fields.reason),
    /server\.key: it is not the key of .*server\.pem$/,
  );
});

tlsTest("files that cannot be used stop the listener, with file and reason", async (setup) => {
  const { world, folder } = setup;
  const { listen } = folder;
  const junk = folder.write("junk.pem", "junk");
  const otherKey = folder.write("other.key", folder.authority.issueClient("x").key);
  const cases: readonly (readonly [ListenTls, string])[] = [
    [{ ...listen, certFile: folder.path("none.pem") }, "none.pem: there is no such file"],
    [{ ...listen, certFile: junk }, "junk.pem: it holds no certificate in PEM form"],
    [{ ...listen, certFile: listen.keyFile }, "server.key: it holds no certificate in PEM form"],
    [
      { ...listen, keyFile: junk },
      "junk.pem: it holds no private key in PEM form without a passphrase",
    ],
    [{ ...listen, keyFile: otherKey }, "other.key: it is not the key of DIR/server.pem"],
    [{ ...listen, clientCaFile: junk }, "junk.pem: it holds no certificate in PEM form"],
  ];
  for (const [tls, reason] of cases) {
    await assert.rejects(world.listen({ tls }), (error) => {
      assert.ok(error instanceof CertificateError);
      const dir = folder.path("").replace(/\/$/, "");
      assert.equal(error.message.replaceAll(dir, "DIR"), `Cannot use DIR/${reason}`);
      return true;
    });
  }
});

Deno.test("TLS: a listener limits the links of one address, whichever way they come", async () => {
  using folder = new CertificateFolder();
  for (const tls of [undefined, folder.listen]) {
    const world = new World(new TcpNetwork(systemClock));
    const { listener, accepted } = await world.listen({ tls, maxLinksPerAddress: 2 });
    const near = tls && folder.connect;
    const [first] = [0, 1].map(() => world.connect(listener, { tls: near }));
    await until(() => accepted.length === 2);
    assert.match(await outcome(world, listener, near), /^(closed|opened)/);
    const third = world.connect(listener, { tls: near });
    await third.recorder.untilClosed();
    assert.equal(accepted.length, 2);
    first!.link.close("done");
    await until(() => accepted.some(({ recorder }) => recorder.isClosed));
    while (accepted.length < 3) {
      const next = world.connect(listener, { tls: near });
      await until(() => next.recorder.isClosed || accepted.length === 3);
    }
    await world.end();
  }
});
