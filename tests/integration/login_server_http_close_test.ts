/** Clients of 2015 read the answer until the connection ends (docs/spec/admin-http.md 1). */
import assert from "node:assert/strict";
import { startLoginServer } from "../../servers/login/server.ts";
import { systemClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { TcpNetwork } from "../../shared/netlib/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import { LOGIN_CONFIG } from "../support/login_fixture.ts";
import { withDeadline } from "../support/scripted_link.ts";

Deno.test("login_server, HTTP: the connection ends with the answer, also when it was not asked to", async () => {
  await using server = await startLoginServer(LOGIN_CONFIG, {
    network: new TcpNetwork(systemClock),
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
  });
  const { port } = server.addresses.http;
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("GET /msg_server HTTP/1.1\r\nHost: x\r\n\r\n"));
  const answer = await withDeadline<string>("the end of the connection", (resolve) => {
    readToEnd(conn).then(resolve);
  });
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /"code" : 1/);
});

async function readToEnd(conn: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of conn.readable) text += decoder.decode(chunk, { stream: true });
  return text;
}
