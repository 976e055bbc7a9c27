import assert from "node:assert/strict";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { systemClock } from "../clock.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { TcpNetwork } from "./tcp_network.ts";
import { LOOPBACK } from "./test_support/pair.ts";
import { type HttpHandler, ListenError } from "./types.ts";

const memory = () => new MemoryNetwork(systemClock);
const tcp = () => {
  const network = new TcpNetwork(systemClock);
  return {
    serveHttp: network.serveHttp.bind(network),
    fetch: (url: string) => fetch(url, { headers: { connection: "close" } }),
  };
};

const answer: HttpHandler = (request) => new Response(new URL(request.url).pathname);
const fail: HttpHandler = () => {
  throw new Error("our bug");
};

for (const [name, create] of Object.entries({ memory, tcp })) {
  Deno.test(`serveHttp() over ${name} answers on a free port until it is stopped`, async () => {
    const network = create();
    const listener = await network.serveHttp(LOOPBACK, answer);
    const url = `http://127.0.0.1:${listener.address.port}/msg_server`;
    const response = await network.fetch(url);
    assert.equal(await response.text(), "/msg_server");
    await listener.stop();
    await assert.rejects(network.fetch(url), TypeError);
  });

  Deno.test(`serveHttp() over ${name} answers 500 for a handler that throws`, async () => {
    const network = create();
    const listener = await network.serveHttp(LOOPBACK, fail);
    const response = await network.fetch(`http://127.0.0.1:${listener.address.port}/`);
    assert.equal(response.status, 500);
    await response.body?.cancel();
    await listener.stop();
  });

  Deno.test(`serveHttp() over ${name} refuses a used port`, async () => {
    const network = create();
    const listener = await network.serveHttp(LOOPBACK, answer);
    await assert.rejects(
      network.serveHttp(listener.address, answer),
      new ListenError(listener.address, { code: "EADDRINUSE" }),
    );
    await listener.stop();
  });
}

Deno.test("serveHttp() over TCP cuts an answer off whose source fails, so that it is not taken for whole", async () => {
  const network = new TcpNetwork(systemClock);
  const body = (): ReadableStream<Uint8Array> => {
    let parts = 0;
    return new ReadableStream({
      pull(controller) {
        if (parts++ === 0) controller.enqueue(new TextEncoder().encode("the first part"));
        else controller.error(new Error("the source fails"));
      },
    });
  };
  const address = { host: "127.0.0.1", port: 0 };
  const listener = await network.serveHttp(address, () => new Response(body()));
  try {
    const url = `http://127.0.0.1:${listener.address.port}/`;
    await assert.rejects(fetch(url).then((response) => response.text()));
  } finally {
    await listener.stop();
  }
});

for (const start of ["GET // HTTP/1.1", "TRACE / HTTP/1.1"]) {
  Deno.test(`serveHttp() over TCP answers 400 for "${start}", and goes on`, async () => {
    const network = new TcpNetwork(systemClock);
    const listener = await network.serveHttp({ host: "127.0.0.1", port: 0 }, answer);
    const socket = connect({ host: "127.0.0.1", port: listener.address.port });
    socket.write(`${start}\r\nHost: x\r\n\r\n`);
    assert.match((await buffer(socket)).toString(), /^HTTP\/1\.1 400 /);
    await listener.stop();
  });
}

Deno.test("serveHttp() over TCP tells the source of an answer when the client has gone", async () => {
  const cancelled = Promise.withResolvers<void>();
  const network = new TcpNetwork(systemClock);
  const listener = await network.serveHttp(LOOPBACK, () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
        cancel: () => cancelled.resolve(),
      }),
    ));
  const { host, port } = listener.address;
  const response = await fetch(`http://${host}:${port}/`);
  const reader = response.body!.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "first");
  await reader.cancel();
  await cancelled.promise;
  await listener.stop();
});
