/** route_server and http_msg_server: who is online where, figures, and who is told nothing. */
import assert from "node:assert/strict";
import {
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_FIGURES_RSP,
  CID_INTERNAL_HELLO,
  CID_INTERNAL_HELLO_RSP,
  CID_INTERNAL_SESSION_LIST_REQ,
  CID_INTERNAL_SESSION_LIST_RSP,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_WINDOWS,
  IMFiguresReq,
  IMFiguresRsp,
  IMGroupChangeMemberNotify,
  IMInternalHello,
  IMInternalHelloRsp,
  IMSessionListReq,
  type IMSessionListReqInit,
  IMSessionListRsp,
} from "../../proto/mod.ts";
import { type MemoryRoute, type RoutePeer, startRouteInMemory } from "../support/route_fixture.ts";

const ATTACH = Uint8Array.of(9, 9);

/** An http_msg_server that has said hello. */
async function observer(route: MemoryRoute): Promise<RoutePeer> {
  const peer = await route.connect();
  const hello = IMInternalHello.encode({ role: "H", server_name: "h" });
  peer.link.send(CID_INTERNAL_HELLO, hello);
  const answer = await peer.link.expect(CID_INTERNAL_HELLO_RSP, IMInternalHelloRsp);
  assert.deepEqual([answer.role, answer.feature_list], ["R", ["sessions/1", "figures/1"]]);
  return peer;
}

/** Answers route_server's hello, as our msg_servers do. */
async function introduce(peer: RoutePeer, server_name: string): Promise<void> {
  await peer.link.expect(CID_INTERNAL_HELLO, IMInternalHello);
  const answer = { role: "M", server_name, feature_list: ["figures/1"] };
  peer.link.send(CID_INTERNAL_HELLO_RSP, IMInternalHelloRsp.encode(answer));
}

async function sessions(
  peer: RoutePeer,
  request: Partial<IMSessionListReqInit> = {},
): Promise<[count: number, terminals: unknown[]]> {
  const body = { after_user_id: 0, limit: 10, attach_data: ATTACH, ...request };
  peer.link.send(CID_INTERNAL_SESSION_LIST_REQ, IMSessionListReq.encode(body));
  const answer = await peer.link.expect(CID_INTERNAL_SESSION_LIST_RSP, IMSessionListRsp);
  assert.equal(new Uint8Array(answer.attach_data!).toHex(), ATTACH.toHex());
  return [
    answer.user_cnt,
    answer.terminal_list.map(({ user_id, client_type, server_name }) => [
      ...[user_id, client_type, server_name],
    ]),
  ];
}

Deno.test("msg_servers hear of an http_msg_server only when there is one, whenever they connect", async () => {
  await using route = await startRouteInMemory();
  await using before = await route.connectWith();
  await before.expectNothing();
  await using _http = await observer(route);
  await before.link.expect(CID_INTERNAL_HELLO, IMInternalHello);
  await using after = await route.connectWith();
  await after.link.expect(CID_INTERNAL_HELLO, IMInternalHello);
});

Deno.test("sessions are listed by user id with the names of servers, an original one has none", async () => {
  await using route = await startRouteInMemory();
  await using ours = await route.connectWith([7, CLIENT_TYPE_WINDOWS], [3, CLIENT_TYPE_ANDROID]);
  await using original = await route.connectWith([3, CLIENT_TYPE_WINDOWS]);
  await using http = await observer(route);
  await introduce(ours, "10.0.0.1:8000");
  await original.link.expect(CID_INTERNAL_HELLO, IMInternalHello);
  await ours.expectNothing();
  assert.deepEqual(await sessions(http), [2, [
    [3, CLIENT_TYPE_ANDROID, "10.0.0.1:8000"],
    [3, CLIENT_TYPE_WINDOWS, ""],
    [7, CLIENT_TYPE_WINDOWS, "10.0.0.1:8000"],
  ]]);
  const [count, page] = await sessions(http, { after_user_id: 3, limit: 1 });
  assert.deepEqual([count, page.length], [2, 1]);
  const [asked, some] = await sessions(http, { user_id_list: [7, 8, 7] });
  assert.deepEqual([asked, some.length], [1, 1]);
});

Deno.test("a question for too many sessions, and an odd hello, are dropped; the link goes on", async () => {
  await using route = await startRouteInMemory();
  await using ours = await route.connectWith([7, CLIENT_TYPE_WINDOWS]);
  await using http = await observer(route);
  await introduce(ours, "10.0.0.1:8000");
  for (const odd of [{ limit: 0 }, { limit: 1001 }, { user_id_list: Array(5001).fill(7) }]) {
    const body = IMSessionListReq.encode({ after_user_id: 0, limit: 10, ...odd });
    http.link.send(CID_INTERNAL_SESSION_LIST_REQ, body);
  }
  const odd = { role: "M", server_name: "x".repeat(129), feature_list: [] };
  ours.link.send(CID_INTERNAL_HELLO_RSP, IMInternalHelloRsp.encode(odd));
  await ours.expectNothing();
  // The next answer is to this question, and the name is still the one before.
  const expected = [1, [[7, CLIENT_TYPE_WINDOWS, "10.0.0.1:8000"]]];
  assert.deepEqual(await sessions(http, { limit: 1000 }), expected);
});

Deno.test("http_msg_server gets no relays and no presence", async () => {
  await using route = await startRouteInMemory();
  await using http = await observer(route);
  await using msg = await route.connectWith();
  await msg.link.expect(CID_INTERNAL_HELLO, IMInternalHello);
  msg.online(1, CLIENT_TYPE_WINDOWS);
  await msg.expectNews("070e 1=1", "0203 1=1");
  const change = { user_id: 0, change_type: 1, group_id: 2 } as const;
  const notify = IMGroupChangeMemberNotify.encode(change);
  msg.link.send(CID_GROUP_CHANGE_MEMBER_NOTIFY, notify);
  await http.expectNothing();
  http.link.send(CID_GROUP_CHANGE_MEMBER_NOTIFY, notify);
  await msg.link.expect(CID_GROUP_CHANGE_MEMBER_NOTIFY, IMGroupChangeMemberNotify);
});

Deno.test("figures: route_server's own, and those of a msg_server that it names", async () => {
  await using route = await startRouteInMemory();
  await using ours = await route.connectWith([1, CLIENT_TYPE_WINDOWS]);
  await using original = await route.connectWith([2, CLIENT_TYPE_WINDOWS]);
  await using http = await observer(route);
  await introduce(ours, "10.0.0.1:8000");
  await original.link.expect(CID_INTERNAL_HELLO, IMInternalHello);
  await ours.expectNothing();
  const ask = (link_id?: number): void =>
    http.link.send(
      CID_INTERNAL_FIGURES_REQ,
      IMFiguresReq.encode({ link_id, attach_data: ATTACH }),
    );
  ask();
  const answer = await http.link.expect(CID_INTERNAL_FIGURES_RSP, IMFiguresRsp);
  const figures = JSON.parse(answer.figures);
  assert.deepEqual([figures.users, figures.terminals], [2, { [CLIENT_TYPE_WINDOWS]: 2 }]);
  const names = figures.msgServers.map(({ name }: { name: string | null }) => name);
  assert.deepEqual(names, ["10.0.0.1:8000", null]);
  const [first, second] = figures.msgServers;

  ask(second.linkId);
  ask(9999);
  ask(first.linkId);
  const { attach_data } = await ours.link.expect(CID_INTERNAL_FIGURES_REQ, IMFiguresReq);
  const own = IMFiguresRsp.encode({ figures: '{"x":1}', attach_data });
  ours.link.send(CID_INTERNAL_FIGURES_RSP, own);
  const passed = await http.link.expect(CID_INTERNAL_FIGURES_RSP, IMFiguresRsp);
  assert.equal(passed.figures, '{"x":1}', "the others have no answer");
  assert.equal(new Uint8Array(passed.attach_data!).toHex(), ATTACH.toHex());
});
