/**
 * http_msg_server in the recordings: what the original's administration was answered, and what
 * db_proxy was asked for it. Only the number in attach_data, which is the server's own, is masked.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { CID_INTERNAL_HELLO } from "../../proto/mod.ts";
import { startHttpMsgServer } from "../../servers/http_msg/server.ts";
import { systemClock } from "../../shared/clock.ts";
import { type Address, TcpNetwork } from "../../shared/netlib/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import { httpConfig } from "../support/http_fixture.ts";
import { WatchedLog } from "../support/watched_log.ts";
import { Neighbour } from "./support/neighbour.ts";
import { assertSameFrame, decodeFrame, readRecording, withFields } from "./support/recording.ts";

/** The original closes without an answer; docs/spec/pitfalls.md P-HTTP2 asks for one. */
const UNANSWERED = "";

Deno.test("http_msg_server, golden http_create_group: groups of the administration", async () => {
  const network = new TcpNetwork(systemClock);
  await using db = await Neighbour.listen("db_proxy", network);
  await using route = await Neighbour.listen("route", network);
  const log = new WatchedLog();
  const config = httpConfig({ db: db.address, route: route.address });
  const deps = { network, clock: systemClock, random: systemRandom, log: log.logger };
  await using server = await startHttpMsgServer({ ...config, dbServers: [db.address] }, deps);
  await log.logged("db_proxy link opened", 1);
  // Which an original db_proxy drops: everything below goes on as with one.
  assert.equal(commandIdOf(await db.next()), CID_INTERNAL_HELLO);

  const internal = [...readRecording("internal/http_create_group")];
  const recorded = readRecording("http_create_group");
  for (let i = 0; i < recorded.length; i += 2) {
    const wanted = text(recorded[i + 1]!.bytes);
    const answering = ask(server.addresses.http, recorded[i]!.bytes);
    if (reachesDb(wanted)) {
      const question = internal.shift()!;
      const frame = await db.next();
      const { attach_data } = decodeFrame(frame).message;
      assertSameFrame(frame, withFields(question.bytes, { attach_data }), "to db_proxy");
      db.send(withFields(internal.shift()!.bytes, { attach_data }));
    }
    const answer = text(await answering);
    if (wanted === UNANSWERED) assert.match(answer, /^HTTP\/1\.1 400 /);
    else assertSameAnswer(answer, wanted);
  }
  assert.deepEqual(internal, []);
});

/** Success and refusal are db_proxy's; wrong parameters do not get there. */
function reachesDb(answer: string): boolean {
  return /"error_code" : (0|11),/.test(answer);
}

function ask(address: Address, request: Uint8Array): Promise<Uint8Array> {
  const socket = connect({ host: address.host, port: address.port });
  socket.write(request);
  return buffer(socket);
}

/** All that was recorded; Deno adds headers and writes a blank after the colon. */
function assertSameAnswer(actual: string, recorded: string): void {
  const [actualHead = "", actualBody] = actual.split("\r\n\r\n");
  const [head = "", body] = recorded.split("\r\n\r\n");
  assert.equal(actualBody, body);
  const lines = actualHead.split("\r\n").map((line) => line.replace(": ", ":").toLowerCase());
  for (const line of head.split("\r\n")) assert.ok(lines.includes(line.toLowerCase()), line);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
