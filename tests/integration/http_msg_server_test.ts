/** http_msg_server between scripted neighbours, and its two calls on real ones. */
import assert from "node:assert/strict";
import {
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_REQUEST,
  CID_GROUP_CHANGE_MEMBER_RESPONSE,
  CID_INTERNAL_HELLO,
  CID_INTERNAL_HELLO_RSP,
  CID_INTERNAL_MANAGE_REQ,
  CID_INTERNAL_MANAGE_RSP,
  CID_OTHER_ROLE_SET,
  CID_OTHER_STOP_RECV_PACKET,
  IMGroupChangeMemberNotify,
  IMGroupChangeMemberReq,
  IMGroupChangeMemberRsp,
  IMInternalHello,
  IMInternalHelloRsp,
  IMManageReq,
  IMManageRsp,
  IMRoleSet,
  IMStopReceivePacket,
} from "../../proto/mod.ts";
import type { HttpMsgConfig } from "../../servers/http_msg/config.ts";
import { QUERY_LIMIT_MS } from "../../servers/http_msg/links/group_client.ts";
import { HELLO_LIMIT_MS } from "../../servers/http_msg/links/hello.ts";
import { startHttpMsgServer } from "../../servers/http_msg/server.ts";
import { ManualClock } from "../../shared/clock.ts";
import { formatAddress, TcpNetwork } from "../../shared/netlib/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import { httpConfig, startHttpSuite } from "../support/http_fixture.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { WatchedLog } from "../support/watched_log.ts";

interface Stage extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly db: ScriptedServer;
  readonly route: ScriptedServer;
  readonly log: WatchedLog;
  query(call: string, body: unknown): Promise<unknown>;
  api(path: string): Promise<[status: number, code: string]>;
}

/** Between a db_proxy and a route_server that the test plays; what each is sent first is taken. */
async function startStage(query: Partial<HttpMsgConfig["query"]> = {}): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const clock = new ManualClock();
  const network = new TcpNetwork(clock);
  const log = new WatchedLog();
  const db = stack.use(await ScriptedServer.listen("db_proxy", network));
  const route = stack.use(await ScriptedServer.listen("route_server", network));
  const config = httpConfig({ db: db.address, route: route.address }, { query });
  const deps = { network, clock, random: systemRandom, log: log.logger };
  const server = stack.use(
    await startHttpMsgServer({ ...config, dbServers: [db.address] }, deps),
  );
  await route.expect(CID_OTHER_ROLE_SET, IMRoleSet);
  const base = `http://${formatAddress(server.addresses.http)}`;
  const resources = stack.move();
  return {
    clock,
    db,
    route,
    log,
    async query(call, body) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return await (await fetch(`${base}/query/${call}`, { method: "POST", body: text })).json();
    },
    async api(path) {
      const headers = { "Authorization": `Bearer tts_${"x".repeat(43)}` };
      const response = await fetch(`${base}/api/v1${path}`, { headers });
      return [response.status, (await response.json()).error.code];
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const CHANGE = { req_user_id: 1, group_id: 7, modify_type: 1, user_id_list: [3, 4] };

Deno.test("links begin as the original's, with a hello that an old server drops", async () => {
  await using stage = await startStage();
  for (const neighbour of [stage.db, stage.route]) {
    const { message } = await neighbour.expect(CID_INTERNAL_HELLO, IMInternalHello);
    assert.equal(message.role, "H");
  }
});

Deno.test("with an original db_proxy the two calls work, and the API says what is missing", async () => {
  await using stage = await startStage();
  await stage.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  await stage.route.expect(CID_INTERNAL_HELLO, IMInternalHello);
  const answering = stage.query("ChangeMembers", CHANGE);
  const asked = await stage.db.expect(CID_GROUP_CHANGE_MEMBER_REQUEST, IMGroupChangeMemberReq);
  assert.deepEqual([asked.message.user_id, asked.message.member_id_list], [0, [3, 4]]);
  const lists = { cur_user_id_list: [1, 3, 4], chg_user_id_list: [3, 4] };
  const { attach_data } = asked.message;
  asked.answer(
    CID_GROUP_CHANGE_MEMBER_RESPONSE,
    IMGroupChangeMemberRsp.encode({
      ...{ user_id: 0, change_type: 1, result_code: 0, group_id: 7, attach_data },
      ...lists,
    }),
  );
  assert.deepEqual(await answering, { error_code: 0, error_msg: "成功" });
  const { message } = await stage.route.expect(
    CID_GROUP_CHANGE_MEMBER_NOTIFY,
    IMGroupChangeMemberNotify,
  );
  assert.deepEqual({ ...message }, { user_id: 0, change_type: 1, group_id: 7, ...lists });

  const refused = stage.api("/users");
  stage.clock.advance(HELLO_LIMIT_MS);
  assert.deepEqual(await refused, [503, "storage_not_capable"]);
});

Deno.test("a db_proxy that answers the hello late is asked after all", async () => {
  await using stage = await startStage();
  const { answer } = await stage.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  stage.clock.advance(HELLO_LIMIT_MS);
  assert.deepEqual(await stage.api("/users"), [503, "storage_not_capable"]);
  const hello = { role: "D", server_name: "d", feature_list: ["manage/1"] };
  answer(CID_INTERNAL_HELLO_RSP, IMInternalHelloRsp.encode(hello));
  await stage.log.logged("peer speaks", 1);
  const answering = stage.api("/users");
  const asked = await stage.db.expect(CID_INTERNAL_MANAGE_REQ, IMManageReq);
  assert.equal(asked.message.operation, "credentials.find");
  const { attach_data } = asked.message;
  asked.answer(
    CID_INTERNAL_MANAGE_RSP,
    IMManageRsp.encode({ result_code: 1, answer: "", attach_data }),
  );
  assert.deepEqual(await answering, [503, "storage_failed"]);
});

Deno.test("a db_proxy that is silent about a group costs an answer within five seconds", async () => {
  await using stage = await startStage();
  await stage.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  const answering = stage.query("ChangeMembers", CHANGE);
  const { answer, message } = await stage.db.expect(
    CID_GROUP_CHANGE_MEMBER_REQUEST,
    IMGroupChangeMemberReq,
  );
  assert.ok(QUERY_LIMIT_MS < 5000);
  stage.clock.advance(QUERY_LIMIT_MS);
  assert.deepEqual(await answering, { error_code: 12, error_msg: "更改群成员失败" });
  // Too late: it finds nobody, and the next question gets its own answer.
  const late = { user_id: 0, change_type: 1, result_code: 0, group_id: 7 } as const;
  const { attach_data } = message;
  answer(CID_GROUP_CHANGE_MEMBER_RESPONSE, IMGroupChangeMemberRsp.encode({ ...late, attach_data }));
  const next = stage.query("ChangeMembers", { ...CHANGE, group_id: 8 });
  const asked = await stage.db.expect(CID_GROUP_CHANGE_MEMBER_REQUEST, IMGroupChangeMemberReq);
  asked.answer(
    CID_GROUP_CHANGE_MEMBER_RESPONSE,
    IMGroupChangeMemberRsp.encode({
      ...late,
      result_code: 1,
      attach_data: asked.message.attach_data,
    }),
  );
  assert.deepEqual(await next, { error_code: 12, error_msg: "更改群成员失败" });
});

Deno.test("a db_proxy that is lost meanwhile, or stops, is not asked any more", async () => {
  await using stage = await startStage();
  await stage.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  const answering = stage.query("ChangeMembers", CHANGE);
  await stage.db.expect(CID_GROUP_CHANGE_MEMBER_REQUEST, IMGroupChangeMemberReq);
  await stage.db.drop();
  assert.deepEqual(await answering, { error_code: 10, error_msg: "服务器异常" });
  const without = await stage.query("ChangeMembers", CHANGE);
  assert.deepEqual(without, { error_code: 10, error_msg: "服务器异常" });

  await using other = await startStage();
  const { link } = await other.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  other.db.send(CID_OTHER_STOP_RECV_PACKET, IMStopReceivePacket.encode({ result: 0 }));
  await other.log.logged("db_proxy stops", 1);
  assert.ok(link.isOpen);
  const stopped = await other.query("ChangeMembers", CHANGE);
  assert.deepEqual(stopped, { error_code: 10, error_msg: "服务器异常" });
});

const BAD_PARAMETER = { error_code: 1, error_msg: "参数错误" };
const BAD_TYPE = { error_code: 5, error_msg: "未授权的接口" };

/** What is wrong, and the original's answer to it (docs/spec/admin-http.md 2.1 to 2.3). */
const WRONG: readonly (readonly [call: string, body: unknown, answer: unknown])[] = [
  ["CreateGroup", [], BAD_TYPE],
  ["CreateGroup", "null", BAD_PARAMETER],
  ["CreateGroup", { app_key: [], req_user_id: 1 }, BAD_TYPE],
  ["CreateGroup", { app_key: 5, req_user_id: "1" }, BAD_TYPE],
  ["CreateGroup", { app_key: 5, req_user_id: -1 }, BAD_TYPE],
  ["CreateGroup", { app_key: 5, req_user_id: null }, BAD_PARAMETER],
  ["ChangeMembers", { ...CHANGE, modify_type: 3 }, BAD_PARAMETER],
  ["ChangeMembers", { ...CHANGE, group_id: undefined }, BAD_PARAMETER],
  ["ChangeMembers", { ...CHANGE, user_id_list: 3 }, BAD_PARAMETER],
  ["ChangeMembers", { ...CHANGE, user_id_list: ["3"] }, BAD_PARAMETER],
  ["CreateGroup", "{", BAD_PARAMETER],
  ["DeleteGroup", {}, { error_code: 8, error_msg: "未知错误" }],
];

Deno.test("wrong calls are answered as by the original, and nobody is asked (P-HTTP1)", async () => {
  await using stage = await startStage();
  await stage.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  for (const [call, body, answer] of WRONG) {
    assert.deepEqual(await stage.query(call, body), answer, `${call} ${JSON.stringify(body)}`);
  }
  const fence = stage.query("ChangeMembers", CHANGE);
  await stage.db.expect(CID_GROUP_CHANGE_MEMBER_REQUEST, IMGroupChangeMemberReq);
  stage.clock.advance(QUERY_LIMIT_MS);
  await fence;
});

Deno.test("with keys configured, a call needs one of them; without any, all are refused", async () => {
  const refused = { error_code: 2, error_msg: "appKey不存在" };
  await using stage = await startStage({ access: "keys", appKeys: ["one", "two"] });
  await stage.db.expect(CID_INTERNAL_HELLO, IMInternalHello);
  for (const app_key of [undefined, "", "on", "onee", "three", 1]) {
    assert.deepEqual(await stage.query("ChangeMembers", { ...CHANGE, app_key }), refused);
  }
  const allowed = stage.query("ChangeMembers", { ...CHANGE, app_key: "two" });
  await stage.db.expect(CID_GROUP_CHANGE_MEMBER_REQUEST, IMGroupChangeMemberReq);
  stage.clock.advance(QUERY_LIMIT_MS);
  await allowed;

  await using closed = await startStage({ access: "keys", appKeys: [] });
  assert.deepEqual(await closed.query("ChangeMembers", { ...CHANGE, app_key: "" }), refused);
});

Deno.test("the two calls on real servers: members are told, a group that nobody knows is refused", async () => {
  await using suite = await startHttpSuite();
  const { base, cluster } = suite;
  const query = async (call: string, body: object) =>
    await (await fetch(`${base}/query/${call}`, {
      method: "POST",
      body: JSON.stringify({ app_key: "", req_user_id: 0, ...body }),
    })).json();
  await using ann = await cluster.login("user4");
  const created = await query("CreateGroup", {
    ...{ group_name: "via http", group_type: 1, group_avatar: "", user_id_list: [1, 2] },
  });
  assert.deepEqual(created, { error_code: 0, error_msg: "成功", group_id: 3 });
  const add = { group_id: 3, modify_type: 1, user_id_list: [4] };
  assert.deepEqual(await query("ChangeMembers", add), { error_code: 0, error_msg: "成功" });
  const { group_id, cur_user_id_list } = await ann.next("groupChanged");
  assert.deepEqual([group_id, cur_user_id_list], [3, [1, 2, 4]]);
  const unknown = await query("ChangeMembers", { ...add, group_id: 99 });
  assert.deepEqual(unknown, { error_code: 12, error_msg: "更改群成员失败" });
});

Deno.test("what is no path of either half is a 404 in JSON; another method is a 405", async () => {
  await using suite = await startHttpSuite();
  for (const path of ["/", "/api/v1/nothing", "/api/v1/users/", "/api/v1/users/1/2"]) {
    const response = await fetch(suite.base + path);
    assert.deepEqual([response.status, (await response.json()).error.code], [404, "not_found"]);
  }
  const response = await fetch(`${suite.base}/api/v1/me`, { method: "DELETE" });
  assert.equal(response.headers.get("allow"), "GET");
  assert.deepEqual([response.status, (await response.json()).error.code], [
    ...[405, "method_not_allowed"],
  ]);
});

Deno.test("a body of another type, no JSON, or too large is refused", async () => {
  await using suite = await startHttpSuite();
  const post = async (type: string, body: string): Promise<unknown[]> => {
    const response = await fetch(`${suite.base}/api/v1/departments`, {
      method: "POST",
      headers: { "Authorization": `Bearer ${suite.owner.token}`, "Content-Type": type },
      body,
    });
    return [response.status, (await response.json()).error.code];
  };
  const json = "application/json";
  assert.deepEqual(await post("text/plain", "{}"), [415, "unsupported_media_type"]);
  assert.deepEqual(await post(json, "{"), [400, "invalid_json"]);
  assert.deepEqual(await post(json, "[]"), [422, "invalid_field"]);
  const large = JSON.stringify({ name: "n".repeat(300_000) });
  assert.deepEqual(await post(json, large), [413, "body_too_large"]);
  assert.equal((await suite.owner.ok("GET", "/departments")).items.length, 1);
});
