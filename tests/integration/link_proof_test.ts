/**
 * The proof of a shared secret on links between servers (docs/internal.md 3), over real sockets: no
 * command of a link that has not proven itself reaches a role.
 */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { Secret } from "../../shared/config/mod.ts";
import { PROOF_LIMIT_MS } from "../../shared/links/accepted_link.ts";
import { linkNetwork, type LinkSecurity, OPEN_LINKS } from "../../shared/links/mod.ts";
import { linkProof } from "../../shared/links/proof.ts";
import { collectingLogger } from "../../shared/log/mod.ts";
import { MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { frameOf, until, World } from "../../shared/netlib/test_support/pair.ts";
import { turns } from "../../shared/netlib/test_support/recorder.ts";
import { bodyOf, buildFrame, commandIdOf } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import { beginProof, sendProof } from "../support/link_proof.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

const SECRET = "the secret of this cluster";

function security(secret: string | null, changes: Partial<LinkSecurity> = {}): LinkSecurity {
  return { ...OPEN_LINKS, secret: secret === null ? null : new Secret(secret), ...changes };
}

/** A route_server's side of links, or a msg_server's, on one network. */
class Sides {
  readonly log = collectingLogger();
  readonly clock: ManualClock;
  readonly network: Network;

  constructor(clock = new ManualClock(), network: Network = new TcpNetwork(clock)) {
    this.clock = clock;
    this.network = network;
  }

  accepting(links: LinkSecurity): World {
    return new World(this.#links("R", links));
  }

  connecting(links: LinkSecurity, role = "M"): World {
    return new World(this.#links(role, links));
  }

  get refusals(): unknown[] {
    return this.log.records.filter(({ message }) => message === "server link refused")
      .map(({ fields }) => fields.reason);
  }

  #links(role: string, links: LinkSecurity): Network {
    return linkNetwork({
      role,
      admits: ["M", "H"],
      security: links,
      network: this.network,
      clock: this.clock,
      random: systemRandom,
      log: this.log,
    });
  }
}

/** Ends the worlds of a test, and sees that they leave no timer. */
async function end(sides: Sides, ...worlds: World[]): Promise<void> {
  for (const world of worlds) await world.end();
  await until(() => sides.clock.pendingTimers === 0);
}

Deno.test("link proof: two servers with the same secret prove it to each other", async () => {
  const sides = new Sides();
  const route = sides.accepting(security(SECRET));
  const msg = sides.connecting(security(SECRET));
  const { listener, accepted } = await route.listen();
  const near = msg.connect(listener);
  // As a role does it: its first words go out in the turn in which the link opens.
  near.recorder.onOpened = (link) => link.send(frameOf(1, 100_000));
  await until(() => accepted[0]?.recorder.frames.length === 1);
  assert.equal(accepted[0]!.recorder.frames[0]!.length, 100_016);
  accepted[0]!.link.send(frameOf(2, 100_000));
  await near.recorder.untilFrames(1);
  assert.deepEqual(near.recorder.events, ["opened", "frame 2"]);
  assert.deepEqual([near.link.provenRole, accepted[0]!.link.provenRole], ["R", "M"]);
  await end(sides, route, msg);
});

Deno.test("link proof: who has another secret, or none, gets no link", async () => {
  const sides = new Sides();
  const route = sides.accepting(security(SECRET));
  const { listener, accepted } = await route.listen();
  const other = sides.connecting(security("the secret of another cluster"));
  const wrong = other.connect(listener);
  await wrong.recorder.untilClosed();
  assert.deepEqual(wrong.recorder.events, ["closed: it has another LinkSecret"]);
  const open = sides.connecting(security(null));
  const without = open.connect(listener);
  without.link.send(frameOf(1));
  await without.recorder.untilClosed();
  const stranger = sides.connecting(security(SECRET), "F");
  const misplaced = stranger.connect(listener);
  await misplaced.recorder.untilClosed();
  assert.equal(accepted.length, 0);
  assert.deepEqual(sides.refusals, [
    "it has another LinkSecret",
    "it has no LinkSecret, or a server of the original",
    "its role has no business here",
  ]);
  await end(sides, route, other, open, stranger);
});

Deno.test("link proof: a server that cannot prove itself is not talked to", async () => {
  const sides = new Sides();
  const impostor = sides.accepting(security(null));
  const { listener, accepted } = await impostor.listen();
  const msg = sides.connecting(security(SECRET));
  const near = msg.connect(listener);
  await until(() => accepted[0]?.recorder.frames.length === 1);
  const [hello] = accepted[0]!.recorder.frames;
  assert.equal(commandIdOf(hello!), proto.CID_INTERNAL_LINK_HELLO);
  // It sends back what it was sent, and a challenge without a proof that would do.
  accepted[0]!.link.send(hello!);
  accepted[0]!.link.send(frameOf(9));
  await turns(20);
  assert.deepEqual(near.recorder.events, []);
  sides.clock.advance(PROOF_LIMIT_MS);
  await near.recorder.untilClosed();
  assert.match(near.recorder.events.join(), /^closed: it has not proven .* LinkPlainPeers/);

  const again = msg.connect(listener);
  await until(() => accepted[1]?.recorder.frames.length === 1);
  const { nonce } = proto.IMLinkHello.decode(bodyOf(accepted[1]!.recorder.frames[0]!));
  const reflected = proto.IMLinkChallenge.encode({ role: "R", nonce, proof: nonce });
  accepted[1]!.link.send(buildFrame(proto.CID_INTERNAL_LINK_CHALLENGE, 0, reflected));
  await again.recorder.untilClosed();
  assert.deepEqual(again.recorder.events, ["closed: it has another LinkSecret"]);
  await end(sides, impostor, msg);
});

Deno.test("link proof: no command is served before it, whichever it is", async () => {
  const sides = new Sides();
  const route = sides.accepting(security(SECRET));
  const { listener, accepted } = await route.listen();
  const others = [...proto.COMMANDS.keys()].filter((id) => id !== proto.CID_INTERNAL_LINK_HELLO);
  assert.ok(others.length > 90);
  for (const id of [...others, 0, 0xffff]) {
    await using link = await ScriptedLink.connect(listener.address);
    link.send(id, new Uint8Array(0));
    await link.ended();
  }
  assert.equal(accepted.length, 0);
  await end(sides, route);
});

Deno.test("link proof: replayed, reflected, cut and malformed proofs are refused", async () => {
  const sides = new Sides();
  const route = sides.accepting(security(SECRET));
  const { listener, accepted } = await route.listen();
  const first = await ScriptedLink.connect(listener.address);
  const { facts } = await beginProof(first);
  const good = linkProof(SECRET, "connected", facts);
  sendProof(first, good);
  await until(() => accepted.length === 1);
  await first.close();

  const attempts: ((link: ScriptedLink) => Promise<void>)[] = [
    async (link) => { // The proof of another link.
      await beginProof(link);
      sendProof(link, good);
    },
    async (link) => { // The other side's own proof.
      sendProof(link, (await beginProof(link)).challenge.proof);
    },
    async (link) => { // The right one, but for its last byte.
      sendProof(
        link,
        linkProof(SECRET, "connected", (await beginProof(link)).facts).subarray(0, 31),
      );
    },
    async (link) => { // For another role than the one that was named.
      const begun = await beginProof(link, { role: "H" });
      sendProof(link, linkProof(SECRET, "connected", { ...begun.facts, connectedRole: "M" }));
    },
    async (link) => { // A second question behind the first.
      await beginProof(link);
      const nonce = systemRandom.bytes(32);
      link.send(proto.CID_INTERNAL_LINK_HELLO, proto.IMLinkHello.encode({ role: "M", nonce }));
    },
    (link) => Promise.resolve(sendProof(link, good)), // A proof without a question.
    (link) => { // Random bytes that are too short to mean anything.
      const nonce = systemRandom.bytes(31);
      link.send(proto.CID_INTERNAL_LINK_HELLO, proto.IMLinkHello.encode({ role: "M", nonce }));
      return Promise.resolve();
    },
    (link) => Promise.resolve(link.send(proto.CID_INTERNAL_LINK_HELLO, Uint8Array.of(0xff))),
    (link) => { // More than a proof can be.
      link.sendBytes(buildFrame(proto.CID_INTERNAL_LINK_HELLO, 0, new Uint8Array(2000)));
      return Promise.resolve();
    },
  ];
  for (const attempt of attempts) {
    await using link = await ScriptedLink.connect(listener.address);
    await attempt(link);
    await link.ended();
  }
  assert.equal(accepted.length, 1, "only the first became a link");
  await end(sides, route);
});

Deno.test("link proof: has a time limit, and the oldest of too many gives way", async () => {
  const sides = new Sides();
  const route = sides.accepting(security(SECRET));
  const { listener, accepted } = await route.listen({ maxLinks: 1000 });
  const silent = await ScriptedLink.connect(listener.address);
  const halfway = await ScriptedLink.connect(listener.address);
  await beginProof(halfway);
  sides.clock.advance(PROOF_LIMIT_MS - 1);
  await using late = await ScriptedLink.connect(listener.address);
  await beginProof(late);
  sides.clock.advance(1);
  for (const link of [silent, halfway]) {
    await link.ended();
    await link.close();
  }
  const crowd: ScriptedLink[] = [];
  for (let i = 0; i < 256; i++) crowd.push(await ScriptedLink.connect(listener.address));
  await late.ended();
  await Promise.all(crowd.map((link) => link.close()));
  assert.equal(accepted.length, 0);
  await end(sides, route);
});

Deno.test("link proof: servers named in LinkPlainPeers are admitted by their address", async () => {
  for (const plainPeers of [["127.0.0.1"], ["10.0.0.1", "127.0.0.0/8"]]) {
    const sides = new Sides();
    const route = sides.accepting(security(SECRET, { plainPeers }));
    const { listener, accepted } = await route.listen();
    const original = await ScriptedLink.connect(listener.address);
    original.sendBytes(frameOf(1, 100_000));
    await until(() => accepted[0]?.recorder.frames.length === 1);
    assert.equal(accepted[0]!.link.provenRole, null);
    // One that says nothing for a while, as an original msg_server on its way to db_proxy.
    const silent = await ScriptedLink.connect(listener.address);
    await until(() => sides.clock.pendingTimers === 1);
    sides.clock.advance(PROOF_LIMIT_MS);
    await until(() => accepted.length === 2);
    // One that has the secret proves it all the same, so that a cluster can change step by step.
    const msg = sides.connecting(security(SECRET));
    const ours = msg.connect(listener);
    ours.recorder.onOpened = (link) => link.send(frameOf(3));
    await until(() => accepted[2]?.recorder.frames.length === 1);
    assert.equal(accepted[2]!.link.provenRole, "M");
    const wrong = sides.connecting(security("the secret of another cluster"));
    await wrong.connect(listener).recorder.untilClosed();
    assert.equal(accepted.length, 3);
    await original.close();
    await silent.close();
    await end(sides, route, msg, wrong);
  }
});

Deno.test("link proof: a peer in LinkPlainPeers is sent nothing but the original's protocol", async () => {
  const sides = new Sides();
  const original = sides.accepting(security(null));
  const { listener, accepted } = await original.listen();
  const msg = sides.connecting(security(SECRET, { plainPeers: ["127.0.0.1"] }));
  const near = msg.connect(listener);
  near.recorder.onOpened = (link) => link.send(frameOf(1));
  await until(() => accepted[0]?.recorder.frames.length === 1);
  assert.deepEqual(accepted[0]!.recorder.seqNums, [1]);
  await end(sides, original, msg);
});

Deno.test("link proof: links inside a process need none", async () => {
  const clock = new ManualClock();
  const sides = new Sides(clock, new MemoryNetwork(clock));
  const route = sides.accepting(security(SECRET));
  const msg = sides.connecting(security("whatever this one has"));
  const { listener, accepted } = await route.listen();
  const near = msg.connect(listener);
  near.link.send(frameOf(1));
  await until(() => accepted[0]?.recorder.frames.length === 1);
  await end(sides, route, msg);
});

Deno.test("link proof: a listener that stops closes the links that are not proven yet", async () => {
  const sides = new Sides();
  const route = sides.accepting(security(SECRET));
  const { listener, accepted } = await route.listen();
  await using link = await ScriptedLink.connect(listener.address);
  const { facts } = await beginProof(link);
  await listener.stop();
  sendProof(link, linkProof(SECRET, "connected", facts));
  await link.ended();
  assert.equal(accepted.length, 0);
  await end(sides, route);
});

Deno.test("linkNetwork() warns of a port for servers that other machines reach", async () => {
  const sides = new Sides();
  const open = sides.accepting(OPEN_LINKS);
  await open.listen({}, () => {}, { host: "127.0.0.1", port: 0 });
  assert.deepEqual(sides.log.records, []);
  await open.listen({}, () => {}, { host: "0.0.0.0", port: 0 });
  const guarded = sides.accepting(security(SECRET));
  await guarded.listen({}, () => {}, { host: "0.0.0.0", port: 0 });
  assert.deepEqual(sides.log.records.map(({ level, message }) => [level, message]), [
    ["warn", "every machine that reaches this port is taken for a server: set LinkSecret"],
  ]);
  await end(sides, open, guarded);
});

Deno.test("link proof: a proof is the HMAC-SHA256 that docs/internal.md 3 describes", async () => {
  const facts = {
    connectedRole: "M",
    acceptedRole: "R",
    connectedNonce: new Uint8Array(32).fill(1),
    acceptedNonce: new Uint8Array(32).fill(2),
  };
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    bytes.encode(SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  for (const [side, text] of [["accepted", "accepted"], ["connected", "connected"]] as const) {
    const message = new Uint8Array([
      ...bytes.encode(`TeamTalk link ${text}`),
      ...[0, 0x4d, 0x52],
      ...facts.connectedNonce,
      ...facts.acceptedNonce,
    ]);
    const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
    assert.equal(new Uint8Array(linkProof(SECRET, side, facts)).toHex(), expected.toHex());
  }
});
