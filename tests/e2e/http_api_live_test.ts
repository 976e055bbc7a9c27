/** What the management API does to groups, sessions and messages, as connected clients see it. */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  GROUP_MODIFY_TYPE_ADD,
  GROUP_MODIFY_TYPE_DEL,
} from "../../proto/mod.ts";
import { formatAddress } from "../../shared/netlib/mod.ts";
import { endOf, group, hears, single, textsOf, unreadOf } from "../support/chat.ts";
import { startHttpSuite } from "../support/http_fixture.ts";

Deno.test("members of a group learn of it, of its changes and of its end at once", async () => {
  await using suite = await startHttpSuite({ msgServers: 2 });
  const { cluster, owner } = suite;
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: 1 });
  await using carol = await cluster.login("user3");

  const made = await owner.ok("POST", "/groups", { name: "lunch", member_ids: [1, 2, 99] });
  assert.deepEqual([made.member_count, made.type, made.creator_id], [2, "normal", 0]);
  for (const member of [ann, bob]) {
    const { change_type, group_id, chg_user_id_list } = await member.next("groupChanged");
    assert.deepEqual([change_type, group_id], [GROUP_MODIFY_TYPE_ADD, made.id]);
    assert.deepEqual(chg_user_id_list, [1, 2]);
  }

  const changed = await owner.ok("PATCH", `/groups/${made.id}/members`, { add: [3], remove: [2] });
  assert.deepEqual(changed, { added: [3], removed: [2], member_count: 2 });
  const joined = await carol.next("groupChanged");
  assert.deepEqual(joined.chg_user_id_list, [3]);
  await bob.next("groupChanged");
  const left = await bob.next("groupChanged");
  assert.deepEqual([left.change_type, left.chg_user_id_list], [GROUP_MODIFY_TYPE_DEL, [2]]);
  assert.deepEqual(left.cur_user_id_list, [1, 3]);

  const renamed = await owner.ok("PATCH", `/groups/${made.id}`, { name: "Dinner", creator_id: 3 });
  const known = [{ group_id: made.id, version: renamed.version - 1 }];
  await carol.next("groupChanged");
  assert.deepEqual((await carol.next("groupChanged")).cur_user_id_list, [1, 3]);
  const { group_info_list: [info] } = await carol.groupInfo(known);
  assert.deepEqual([info?.group_name, info?.group_creator_id], ["Dinner", 3]);

  await owner.ok("DELETE", `/groups/${made.id}`);
  const gone = await carol.next("groupChanged");
  assert.deepEqual([gone.change_type, gone.cur_user_id_list], [GROUP_MODIFY_TYPE_DEL, []]);
  assert.deepEqual(gone.chg_user_id_list, [1, 3]);
  const { group_version_list } = await carol.groupList();
  assert.deepEqual(group_version_list.map(({ group_id }) => group_id), [1]);
  const refused = await owner.refused("GET", `/groups/${made.id}`);
  assert.deepEqual(refused, [404, "unknown_group", null]);
});

Deno.test("a group whose last member left can be filled again", async () => {
  await using suite = await startHttpSuite();
  const { owner } = suite;
  await owner.ok("PATCH", "/groups/1/members", { remove: [1, 2, 3] });
  assert.equal((await owner.ok("GET", "/groups/1")).member_count, 0);
  await owner.ok("PATCH", "/groups/1/members", { add: [4] });
  const { items, total } = await owner.ok("GET", "/groups/1/members");
  assert.deepEqual([total, items[0].user_id, items[0].name], [1, 4, "user4"]);
  await owner.ok("PATCH", "/users/4", { avatar: "http://pictures/4.png" });
  const [member] = (await owner.ok("GET", "/groups/1/members")).items;
  assert.equal(member.avatar, "http://pictures/4.png");
});

Deno.test("what is wrong with a group is named", async () => {
  await using suite = await startHttpSuite();
  const { owner } = suite;
  const invalid = (field: string | null): unknown[] => [422, "invalid_field", field];
  const post = (body: object) => owner.refused("POST", "/groups", body);
  const members = (body: object) => owner.refused("PATCH", "/groups/1/members", body);
  assert.deepEqual(await post({ name: "", member_ids: [1] }), invalid("name"));
  assert.deepEqual(await post({ name: "x", member_ids: [] }), invalid("member_ids"));
  assert.deepEqual(await post({ name: "x", type: "huge", member_ids: [1] }), invalid("type"));
  assert.deepEqual(await post({ name: "x", member_ids: [98, 99] }), [
    ...[404, "unknown_user", "member_ids"],
  ]);
  assert.deepEqual(await members({}), invalid(null));
  assert.deepEqual(await members({ add: [4], remove: [4] }), invalid(null));
  assert.deepEqual(await members({ add: [1], remove: [5] }), [409, "nothing_changed", null]);
  const patch = await owner.refused("PATCH", "/groups/1", { creator_id: 99 });
  assert.deepEqual(patch, [404, "unknown_user", "creator_id"]);
});

Deno.test("sessions tell who is online on which server and terminal, and are ended by class", async () => {
  await using suite = await startHttpSuite({ msgServers: 2 });
  const { cluster, owner } = suite;
  const servers = cluster.msgServers.map(({ host, port }) => `${host}:${port}`);
  await using pc = await cluster.login("user1");
  await using phone = await cluster.login("user1", {
    msgServer: 1,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await using bob = await cluster.login("user2", { msgServer: 1 });
  // An answer to the newest login: route_server heard of all of them before.
  await bob.usersStatus([1, 2]);
  const { items, online_users, next_after } = await owner.ok("GET", "/sessions");
  assert.deepEqual([online_users, next_after], [2, null]);
  assert.deepEqual(items[0].terminals, [
    { client: "windows", server: servers[0] },
    { client: "android", server: servers[1] },
  ]);
  const first = await owner.ok("GET", "/sessions?limit=1");
  assert.deepEqual([first.items.length, first.next_after], [1, 1]);
  const second = await owner.ok("GET", "/sessions?limit=1&after=1");
  assert.deepEqual(second.items[0].name, "user2");
  const some = await owner.ok("GET", "/sessions?user_ids=2,3");
  assert.deepEqual([some.items.length, some.online_users], [1, 1]);

  await owner.ok("DELETE", "/sessions/1?terminals=mobile");
  await endOf(phone);
  await pc.usersStatus([1]);
  await owner.ok("DELETE", "/sessions/1");
  await endOf(pc);
  await using again = await cluster.login("user1");
  assert.equal(again.userId, 1, "it was no ban");
});

Deno.test("a message of the system is stored, counted and delivered at once", async () => {
  await using suite = await startHttpSuite({ msgServers: 2, api: { systemUserId: 5 } });
  const { cluster, owner } = suite;
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: 1 });
  const sent = await owner.ok("POST", "/messages", { text: "Wartung 维护", user_ids: [1, 2, 99] });
  assert.deepEqual(sent, {
    sent: [{ to: 1, message_id: 1 }, { to: 2, message_id: 1 }],
    refused: [99],
  });
  for (const client of [ann, bob]) {
    await hears(client, "Wartung 维护");
    assert.equal(await unreadOf(client, single(5)), 1);
    assert.deepEqual(await textsOf(client, single(5)), ["Wartung 维护"]);
  }
  const body = { text: "hello group", group_id: 1 };
  const stranger = await owner.refused("POST", "/messages", body);
  assert.deepEqual(stranger, [422, "invalid_field", "group_id"]);
  await owner.ok("PATCH", "/groups/1/members", { add: [5] });
  await owner.ok("POST", "/messages", body);
  await hears(bob, "hello group");
  assert.deepEqual(await textsOf(ann, group(1)), ["hello group"]);
});

Deno.test("no message is sent without a system user", async () => {
  await using suite = await startHttpSuite();
  const refused = await suite.owner.refused("POST", "/messages", { text: "x", user_ids: [1] });
  assert.deepEqual(refused, [409, "system_user_missing", null]);
});

Deno.test("history is off by default; where it is on, each look is in the audit log", async () => {
  await using closed = await startHttpSuite();
  const path = "/messages?user_id=1&peer_id=2";
  assert.deepEqual(await closed.owner.refused("GET", path), [403, "history_disabled", null]);

  await using suite = await startHttpSuite({ api: { historyRole: "owner" } });
  const { cluster, owner } = suite;
  await using ann = await cluster.login("user1");
  for (const text of ["one", "two", "three"]) await ann.sendText(2, text);
  const { items } = await owner.ok("GET", `${path}&limit=2`);
  const texts = items.map(({ text }: { text: string }) => text);
  assert.deepEqual(texts, ["three", "two"]);
  const older = await owner.ok("GET", `${path}&before_id=${items[1].id}`);
  assert.deepEqual(older.items.map(({ text }: { text: string }) => text), ["one"]);
  assert.deepEqual((await owner.ok("GET", `${path}&before_id=1`)).items, []);
  const manager = await suite.signedIn("ann", "manager");
  assert.deepEqual(await manager.refused("GET", path), [403, "forbidden", null]);
  const { items: log } = await owner.ok("GET", "/audit?action=message.read&target=user/1/peer/2");
  assert.deepEqual(
    log.map(({ actor, outcome }: { actor: { name: string }; outcome: string }) => [
      ...[actor.name, outcome],
    ]),
    [["ann", "forbidden"], ["root", "done"], ["root", "done"], ["root", "done"]],
  );
});

Deno.test("statistics count what happens, health names every server", async () => {
  await using suite = await startHttpSuite({ msgServers: 2 });
  const { cluster, owner } = suite;
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: 1 });
  await ann.sendText(2, "hello");
  await hears(bob, "hello");
  await bob.usersStatus([1, 2]);
  const { online, msg_servers, storage } = await owner.ok("GET", "/statistics");
  assert.deepEqual(online, { users: 2, terminals: { windows: 2 } });
  assert.deepEqual(
    msg_servers.map(({ messages, deliveries, connections }: Record<string, number>) => [
      ...[messages, deliveries, connections],
    ]),
    [[1, 0, 1], [0, 1, 1]],
  );
  assert.deepEqual([storage.engine, storage.users, storage.messages], ["sqlite", 5, 1]);
  const { status, servers } = await owner.ok("GET", "/health");
  assert.equal(status, "ok");
  assert.deepEqual(
    servers.map(({ role, state, code }: Record<string, string>) => [role, state, code]),
    [
      ["http_msg_server", "up", "answers"],
      ["db_proxy_server", "up", "links"],
      ["sqlite", "up", "answers_in"],
      ["route_server", "up", "links"],
      ["msg_server", "up", "connections"],
      ["msg_server", "up", "connections"],
      ["login_server", "up", "links"],
    ],
  );
});

Deno.test("latency: round trips to db_proxy and route_server, and how long messages took", async () => {
  await using suite = await startHttpSuite();
  const { cluster, owner } = suite;
  await using ann = await cluster.login("user1");
  await ann.sendText(2, "hello");
  const { latency } = await owner.ok("GET", "/statistics");
  const [proxy, ...others] = latency.db_proxy_servers;
  assert.deepEqual(others, [], "two links, one server");
  assert.equal(proxy.address, formatAddress(cluster.dbProxy));
  assert.ok(proxy.round_trip_ms >= 0 && latency.route_server.round_trip_ms > 0);
  const { messages, p50_ms, p99_ms } = proxy.stored;
  assert.equal(messages, 1);
  assert.ok(p50_ms > 0 && p99_ms >= p50_ms);
});

Deno.test("client_addresses: what login_server hands out, and one that is away", async () => {
  await using suite = await startHttpSuite({ msgServers: 2 });
  const { cluster, log, owner } = suite;
  await using ann = await cluster.login("user1");
  await ann.usersStatus([1]);
  const address = formatAddress(cluster.loginServers[0]!);
  const { login_servers } = await owner.ok("GET", "/client_addresses");
  assert.equal(login_servers.length, 1);
  const [{ state, told }] = login_servers;
  assert.equal(state, "up");
  assert.deepEqual(
    told.msg_servers.map(({ addresses, max_online }: Record<string, unknown>) => [
      ...[addresses, max_online],
    ]),
    cluster.msgServers.map((one) => [[formatAddress(one)], 10_000]),
  );
  assert.equal(told.msfs, "http://127.0.0.1:8700/");
  await cluster.stopServer("login_server");
  await log.logged("login_server link lost", 1);
  assert.deepEqual((await owner.ok("GET", "/client_addresses")).login_servers, [
    { address, state: "down", told: null },
  ]);
});

Deno.test("while route_server is away the API says so, and does what it can", async () => {
  await using suite = await startHttpSuite();
  const { cluster, log, owner } = suite;
  await cluster.stopServer("route_server");
  await log.logged("route_server link lost", 1);
  const away = [503, "presence_unavailable", null];
  assert.deepEqual(await owner.refused("GET", "/sessions"), away);
  assert.deepEqual(await owner.refused("DELETE", "/sessions/1"), away);
  assert.equal((await owner.ok("GET", "/statistics")).online, null);
  assert.equal((await owner.ok("GET", "/health")).status, "degraded");
  assert.equal((await owner.ok("GET", "/users")).total, 5);
});

Deno.test("while db_proxy is away everything is refused with 503", async () => {
  await using suite = await startHttpSuite();
  const { cluster, log, owner } = suite;
  await cluster.stopServer("db_proxy");
  await log.logged("db_proxy link lost", 2);
  assert.deepEqual(await owner.refused("GET", "/users"), [503, "storage_unavailable", null]);
});

Deno.test("the discovery list is public in the original's form, in order of priority", async () => {
  await using suite = await startHttpSuite();
  const { base, owner } = suite;
  const second = { name: "news", url: "http://news.example/", priority: 2 };
  await owner.ok("POST", "/discovery", second);
  const { id } = await owner.ok("POST", "/discovery", { name: "wiki", url: "http://wiki/" });
  await owner.ok("PATCH", `/discovery/${id}`, { name: "Wiki" });
  const list = async (): Promise<unknown> => await (await fetch(`${base}/api/discovery`)).json();
  const wiki = { itemName: "Wiki", itemUrl: "http://wiki/", itemPriority: "0" };
  const news = { itemName: "news", itemUrl: "http://news.example/", itemPriority: "2" };
  assert.deepEqual(await list(), [wiki, news]);
  await owner.ok("DELETE", `/discovery/${id}`);
  assert.deepEqual(await list(), [news]);
  assert.deepEqual(await owner.refused("DELETE", `/discovery/${id}`), [
    ...[404, "unknown_item", null],
  ]);
});
