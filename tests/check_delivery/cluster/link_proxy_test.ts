import assert from "node:assert/strict";
import { freePorts } from "./free_ports.ts";
import { LinkProxy } from "./link_proxy.ts";

/** An echo server behind a proxy. */
async function stage() {
  const [port] = await freePorts(1);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const proxy = new LinkProxy(port!, (listener.addr as Deno.NetAddr).port);
  await proxy.open();
  const conns: Deno.Conn[] = [];
  const echo = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      conn.readable.pipeTo(conn.writable).catch(() => {/* It was cut. */});
    }
  })();
  return {
    proxy,
    connect: () => Deno.connect({ hostname: "127.0.0.1", port: port! }),
    async end() {
      listener.close();
      await proxy[Symbol.asyncDispose]();
      await echo;
    },
  };
}

async function ask(conn: Deno.Conn, text: string): Promise<string> {
  await conn.write(new TextEncoder().encode(text));
  const buffer = new Uint8Array(100);
  const count = await conn.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
}

Deno.test("LinkProxy passes on, holds what is stalled, and then passes it on in order", async () => {
  const { proxy, connect, end } = await stage();
  const conn = await connect();
  assert.equal(await ask(conn, "one"), "one");
  proxy.stall(true);
  const held = ask(conn, "two");
  proxy.stall(false);
  assert.equal(await held, "two");
  proxy.delay(30);
  const beganMs = performance.now();
  assert.equal(await ask(conn, "three"), "three");
  assert.ok(performance.now() - beganMs >= 55, "both ways");
  conn.close();
  await end();
});

Deno.test("LinkProxy breaks connections, and refuses new ones for as long as it is told", async () => {
  const { proxy, connect, end } = await stage();
  const conn = await connect();
  assert.equal(await ask(conn, "one"), "one");
  await proxy.refuse("cut", true);
  await proxy.refuse("target is down", true);
  proxy.breakAll();
  assert.equal(await conn.read(new Uint8Array(1)).catch(() => null), null);
  conn.close();
  await assert.rejects(connect());
  await proxy.refuse("cut", false);
  await assert.rejects(connect());
  await proxy.refuse("target is down", false);
  const again = await connect();
  assert.equal(await ask(again, "two"), "two");
  again.close();
  await end();
});

Deno.test("LinkProxy loses connections without telling, and swallows new ones while it is told", async () => {
  const { proxy, connect, end } = await stage();
  const conn = await connect();
  assert.equal(await ask(conn, "one"), "one");
  proxy.loseAll();
  proxy.swallow(true);
  const swallowed = await connect();
  const answers = [ask(conn, "two"), ask(swallowed, "three")].map((answer) =>
    answer.then((text) => text, () => "closed")
  );
  proxy.swallow(false);
  const again = await connect();
  assert.equal(await ask(again, "four"), "four");
  for (const one of [conn, swallowed, again]) one.close();
  assert.deepEqual(await Promise.all(answers), ["closed", "closed"]);
  await end();
});

Deno.test("LinkProxy stalls one direction, and lets pass no more than it is told", async () => {
  const { proxy, connect, end } = await stage();
  const conn = await connect();
  proxy.stall(true, ["back"]);
  const held = ask(conn, "one");
  proxy.stall(false, ["there"]);
  proxy.stall(false, ["back"]);
  assert.equal(await held, "one");
  proxy.throttle(100);
  const beganMs = performance.now();
  assert.equal(await ask(conn, "12345"), "12345");
  assert.ok(performance.now() - beganMs >= 95, "both ways");
  const slow = ask(conn, "x".repeat(50));
  proxy.throttle(Infinity);
  assert.equal(await slow, "x".repeat(50));
  conn.close();
  await end();
});
