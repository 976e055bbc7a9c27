/**
 * The ports that anybody reaches, and every command there is: what is not for whoever has not logged
 * in is dropped, has no answer and no effect (P-AUTH1, P-NET1). msg_server's port is in
 * tests/e2e/before_login_test.ts, the ports for servers are in link_proof_test.ts.
 */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { clientCommands as fileCommands } from "../../servers/file/commands.ts";
import { clientCommands as loginCommands } from "../../servers/login/commands.ts";
import { startLoginServer } from "../../servers/login/server.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { startFile } from "../support/file_fixture.ts";
import { LOGIN_CONFIG, tcpDeps } from "../support/login_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

/** A registration that the original would take from anybody who knows the port. */
const FAKE_SERVER = proto.IMMsgServInfo.encode({
  ip1: "203.0.113.66",
  ip2: "203.0.113.66",
  port: 8000,
  max_conn_cnt: 1000,
  cur_conn_cnt: 0,
  host_name: "fake",
});

/** Sends every command but these. */
function sendOthers(link: ScriptedLink, allowed: readonly number[]): void {
  const others = [...proto.COMMANDS.keys(), 0, 0xffff].filter((id) => !allowed.includes(id));
  assert.ok(others.length > 100);
  for (const id of others) {
    link.send(id, id === proto.CID_OTHER_MSG_SERV_INFO ? FAKE_SERVER : new Uint8Array(0));
  }
}

Deno.test("login_server's port for clients takes one question and nothing else", async () => {
  await using server = await startLoginServer(LOGIN_CONFIG, tcpDeps());
  const ids = loginCommands.map(({ id }) => id);
  assert.deepEqual(ids, [proto.CID_LOGIN_REQ_MSGSERVER]);
  await using link = await ScriptedLink.connect(server.addresses.client);
  sendOthers(link, ids);
  link.send(proto.CID_LOGIN_REQ_MSGSERVER, proto.IMMsgServReq.encode({}));
  const { result_code } = await link.expect(proto.CID_LOGIN_RES_MSGSERVER, proto.IMMsgServRsp);
  assert.equal(result_code, proto.REFUSE_REASON_NO_MSG_SERVER, "the fake one is not known");
});

Deno.test("file_server's port for clients takes nothing but a login and heartbeats first", async () => {
  await using file = await startFile();
  const free = fileCommands.filter(({ auth }) => auth === "none").map(({ id }) => id);
  assert.deepEqual(free, [proto.CID_FILE_LOGIN_REQ, proto.CID_OTHER_HEARTBEAT]);
  await using link = await ScriptedLink.connect(file.server.addresses.clients);
  sendOthers(link, free);
  const heartbeat = buildFrame(proto.CID_OTHER_HEARTBEAT, 9, new Uint8Array(0));
  link.sendBytes(heartbeat);
  assert.equal((await link.next({ heartbeats: "keep" })).toHex(), heartbeat.toHex());
  await using msgServer = await ScriptedLink.connect(file.server.addresses.msgServers);
  msgServer.send(
    proto.CID_OTHER_FILE_SERVER_IP_REQ,
    proto.IMFileServerIPReq.encode({}),
  );
  await msgServer.expect(proto.CID_OTHER_FILE_SERVER_IP_RSP, proto.IMFileServerIPRsp);
});
