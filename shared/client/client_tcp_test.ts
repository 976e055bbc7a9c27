/** The client over real sockets: a stream of bytes instead of frames, and an HTTP lookup. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { CLIENT_TYPE_MAC } from "../../proto/mod.ts";
import { systemClock } from "../clock.ts";
import { TcpNetwork } from "../netlib/mod.ts";
import { connectClient } from "./client.ts";
import { ConnectionLostError } from "./errors.ts";
import { lookupOverHttp } from "./lookup_http.ts";
import type { ConnectOptions } from "./options.ts";
import { ScriptedServer, SERVER_TIME } from "./test_support/scripted_server.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };

function options(server: ConnectOptions["server"]): ConnectOptions {
  return {
    network: new TcpNetwork(systemClock),
    clock: systemClock,
    server,
    userName: "ann",
    password: "secret",
    clientType: CLIENT_TYPE_MAC,
  };
}

Deno.test("connectClient() finds its server over HTTP and logs in over TCP", async () => {
  const network = new TcpNetwork(systemClock);
  await using server = await ScriptedServer.start(network);
  const { host: priorIP, port } = server.address;
  const listener = await network.serveHttp(
    ANY_PORT,
    () => Response.json({ code: 0, priorIP, backupIP: priorIP, port: `${port}` }),
  );
  const url = `http://127.0.0.1:${listener.address.port}`;
  const lookup = (signal: AbortSignal) => lookupOverHttp(url, { signal });
  {
    await using client = await connectClient(options(lookup));
    assert.equal(await client.serverTime(), SERVER_TIME);
  }
  await listener.stop();
});

Deno.test("connectClient() rejects when the server speaks something else", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {/* the client hangs up on it */});
    socket.resume().end("220 smtp.example.com ready\r\n");
  });
  await new Promise<void>((resolve) => server.listen(ANY_PORT, resolve));
  const { port } = server.address() as { port: number };
  await assert.rejects(
    connectClient(options({ host: "127.0.0.1", port })),
    (error) => error instanceof ConnectionLostError && error.message.includes("Cannot decode PDU"),
  );
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("connectClient() rejects when the port is closed", async () => {
  const network = new TcpNetwork(systemClock);
  const listener = await network.listen(
    ANY_PORT,
    { maxFrameBytes: 1024, maxBacklogBytes: 1024, maxLinks: 1 },
    () => ({ frame() {}, closed() {} }),
  );
  await listener.stop();
  await assert.rejects(connectClient(options(listener.address)), ConnectionLostError);
});
