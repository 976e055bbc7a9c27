import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { ManualClock, systemClock } from "../clock.ts";
import { TcpNetwork } from "./tcp_network.ts";
import { LOOPBACK } from "./test_support/pair.ts";
import { type Listener, ListenError, type LookupHandler } from "./types.ts";

const echo: LookupHandler = (path) => ({ status: 200, contentType: "text/x", body: `<${path}>é` });

function start(handler = echo, clock = systemClock, maxLinks = 10): Promise<Listener> {
  return new TcpNetwork(clock).serveLookups(LOOPBACK, handler, { maxLinks });
}

/** Sends without ending its own side, and reads until the server ends the connection. */
async function ask(listener: Listener, ...parts: readonly string[]): Promise<string> {
  const socket = await open(listener);
  for (const part of parts) await new Promise((sent) => socket.write(part, "latin1", sent));
  return await text(socket);
}

async function open({ address: { host, port } }: Listener): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, "connect");
  return socket;
}

Deno.test("serveLookups() answers in one piece and ends the connection, whatever was asked for", async () => {
  const listener = await start();
  const answer = "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 6\r\n" +
    "Connection: close\r\n\r\n</a>é";
  for (const head of ["Connection: keep-alive\r\n", "Connection: close\r\n", ""]) {
    assert.equal(await ask(listener, `GET /a HTTP/1.1\r\n${head}\r\n`), answer);
  }
  assert.equal(await ask(listener, "GET /a HTTP/1.0\r\n\r\n"), answer);
  await listener.stop();
});

Deno.test("serveLookups() takes a head in pieces, a query, a whole URL, a body; HEAD gets no body", async () => {
  const listener = await start();
  const bodyOf = async (...parts: string[]) => (await ask(listener, ...parts)).split("\r\n\r\n")[1];
  assert.equal(await bodyOf("GE", "T /a?x=", "/b HTTP/1.1\r\n\r", "\n"), "</a>é");
  assert.equal(await bodyOf("GET http://h:1/a#b HTTP/1.1\r\n\r\n"), "</a>é");
  assert.equal(await bodyOf("POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"), "</a>é");
  const head = await ask(listener, "HEAD /a HTTP/1.1\r\n\r\n");
  assert.match(head, /Content-Length: 6\r\n(.*\r\n)*\r\n$/);
  await listener.stop();
});

for (
  const [status, request] of [
    [400, "GET /a\r\n\r\n"],
    [400, "\r\n\r\n"],
    [400, "GET a HTTP/1.1\r\n\r\n"],
    [400, "\x16\x03\x01\x00\r\n\r\n"],
    [431, `GET /a HTTP/1.1\r\nX: ${"x".repeat(16 * 1024)}\r\n\r\n`],
    [431, "x".repeat(16 * 1024 + 1)],
  ] as const
) {
  Deno.test(`serveLookups() answers ${status} to ${JSON.stringify(request.slice(0, 24))} of ${request.length} bytes`, async () => {
    const listener = await start(() => assert.fail("the handler was asked"));
    assert.match(await ask(listener, request), new RegExp(`^HTTP/1.1 ${status} .+\r\n`));
    await listener.stop();
  });
}

Deno.test("serveLookups() answers 500 for a handler that throws, and goes on", async () => {
  const listener = await start((path) => {
    if (path === "/bug") throw new Error("our bug");
    return echo(path);
  });
  assert.match(await ask(listener, "GET /bug HTTP/1.1\r\n\r\n"), /^HTTP\/1.1 500 /);
  assert.match(await ask(listener, "GET /a HTTP/1.1\r\n\r\n"), /^HTTP\/1.1 200 /);
  await listener.stop();
});

Deno.test("serveLookups() closes a client that takes too long to ask, or to go", async () => {
  const clock = new ManualClock();
  const listener = await start(echo, clock);
  const silent = await open(listener);
  const rest = text(silent);
  // Its answer comes behind the other's accept, so both are known. It never ends its own side.
  const lingering = connect({ ...listener.address, allowHalfOpen: true });
  lingering.write("GET /a HTTP/1.1\r\n\r\n");
  await once(lingering.resume(), "end");
  clock.advance(61_000);
  assert.equal(await rest, "");
  // The clock stands still: a stop would wait for whoever is left.
  await listener.stop();
  assert.equal(clock.pendingTimers, 0);
  lingering.destroy();
});

Deno.test("serveLookups() stops at once for clients that ask nothing", async () => {
  const clock = new ManualClock(); // Stands still: no limit is reached.
  const listener = await start(echo, clock);
  const silent = await open(listener);
  await ask(listener, "GET /a HTTP/1.1\r\n\r\n");
  await listener.stop();
  assert.equal(await text(silent), "");
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("serveLookups() closes connections above its limit at once", async () => {
  const listener = await start(echo, systemClock, 1);
  const first = await open(listener);
  const second = await open(listener);
  assert.equal(await text(second), "");
  first.write("GET /a HTTP/1.1\r\n\r\n");
  assert.match(await text(first), /^HTTP\/1.1 200 /);
  await listener.stop();
});

Deno.test("serveLookups() refuses a used port", async () => {
  const listener = await start();
  const { address } = listener;
  await assert.rejects(
    new TcpNetwork(systemClock).serveLookups(address, echo, { maxLinks: 1 }),
    new ListenError(address, { code: "EADDRINUSE" }),
  );
  await listener.stop();
});
