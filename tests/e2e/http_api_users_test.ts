/** Users and departments through the management API, as connected clients see it. */
import assert from "node:assert/strict";
import { CLIENT_TYPE_ANDROID } from "../../proto/mod.ts";
import { LoginRefusedError } from "../../shared/client/mod.ts";
import type { RowError } from "../../servers/http_msg/api/import_errors.ts";
import { startHttpSuite } from "../support/http_fixture.ts";
import { endOf } from "../support/chat.ts";

const PASSWORD = "a password";

Deno.test("a new user can log in at once, and others see it with their next sync", async () => {
  await using suite = await startHttpSuite();
  await using bob = await suite.cluster.login("user2");
  const synced = (await bob.allUsers(0)).latest_update_time;
  const made = await suite.owner.ok("POST", "/users", {
    name: " ann ",
    department_id: 1,
    sex: 2,
    avatar: "http://127.0.0.1:8700/g0/000/000/a.png",
    password: PASSWORD,
  });
  assert.deepEqual([made.name, made.nick, made.sex], ["ann", "ann", 2]);
  await using ann = await suite.cluster.login("ann", { password: PASSWORD });
  assert.equal(ann.userId, made.id);
  const { user_list } = await bob.allUsers(synced);
  const seen = user_list.find(({ user_id }) => user_id === made.id);
  assert.equal(seen?.avatar_url, "http://127.0.0.1:8700/g0/000/000/a.png");
});

Deno.test("a disabled user is kicked on all terminals, cannot log in, and vanishes from lists", async () => {
  await using suite = await startHttpSuite({ msgServers: 2 });
  const { cluster, owner } = suite;
  await using bob = await cluster.login("user2");
  const { latest_update_time } = await bob.allUsers(0);
  await using pc = await cluster.login("user1");
  await using phone = await cluster.login("user1", {
    msgServer: 1,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await owner.ok("DELETE", "/users/1");
  await Promise.all([endOf(pc), endOf(phone)]);
  await assert.rejects(cluster.login("user1"), LoginRefusedError);
  const { user_list } = await bob.allUsers(latest_update_time);
  const gone = user_list.find(({ user_id }) => user_id === 1);
  assert.equal(gone?.status, 3);
  const { items } = await owner.ok("GET", "/sessions");
  assert.deepEqual(items.map(({ user_id }: { user_id: number }) => user_id), [2]);

  await owner.ok("PATCH", "/users/1", { status: 0 });
  await using back = await cluster.login("user1");
  assert.equal(back.userId, 1);
});

Deno.test("a new password counts at the next login", async () => {
  await using suite = await startHttpSuite();
  await suite.owner.ok("PUT", "/users/1/password", { password: PASSWORD });
  await assert.rejects(suite.cluster.login("user1"), LoginRefusedError);
  await using ann = await suite.cluster.login("user1", { password: PASSWORD });
  assert.equal(ann.userId, 1);
});

Deno.test("what is wrong with a user is named, and nothing is changed", async () => {
  await using suite = await startHttpSuite();
  const { owner } = suite;
  const good = { name: "ann", department_id: 1, password: PASSWORD };
  const invalid = (field: string): unknown[] => [422, "invalid_field", field];
  const cases: readonly (readonly [object, unknown[]])[] = [
    [{ name: undefined }, invalid("name")],
    [{ name: "  " }, invalid("name")],
    [{ name: "n".repeat(33) }, invalid("name")],
    [{ name: "two\nlines" }, invalid("name")],
    [{ sex: 3 }, invalid("sex")],
    [{ sex: "1" }, invalid("sex")],
    [{ status: 5 }, invalid("status")],
    [{ phone: "123456789012" }, invalid("phone")],
    [{ avatar: "g0/000/000/a.png" }, invalid("avatar")],
    [{ avatar: "javascript:alert(1)" }, invalid("avatar")],
    [{ password: "short" }, invalid("password")],
    [{ salt: "1" }, invalid("salt")],
    [{ department_id: 99 }, [404, "unknown_department", "department_id"]],
    [{ name: "user1" }, [409, "name_taken", "name"]],
  ];
  for (const [changes, refusal] of cases) {
    const answer = await owner.refused("POST", "/users", { ...good, ...changes });
    assert.deepEqual(answer, refusal, JSON.stringify(changes));
  }
  assert.deepEqual(await owner.refused("PATCH", "/users/1", {}), [422, "invalid_field", null]);
  assert.deepEqual(await owner.refused("PATCH", "/users/99", { nick: "x" }), [
    ...[404, "unknown_user", null],
  ]);
  for (const [query, field] of [["page=0", "page"], ["page_size=201", "page_size"]] as const) {
    assert.deepEqual(await owner.refused("GET", `/users?${query}`), invalid(field));
  }
  assert.deepEqual(await owner.refused("GET", "/users?status=9"), invalid("status"));
  assert.deepEqual(await owner.refused("GET", "/users?colour=red"), invalid("colour"));
  assert.deepEqual(await owner.refused("GET", "/users/x"), invalid("id"));
  assert.equal((await owner.ok("GET", "/users")).total, 5);
});

Deno.test("departments keep the rules of the old administration, and clients see each change", async () => {
  await using suite = await startHttpSuite();
  const { cluster, owner } = suite;
  await using bob = await cluster.login("user2");
  let synced = (await bob.departments(0)).latest_update_time;
  const news = async (): Promise<unknown[]> => {
    const { dept_list, latest_update_time } = await bob.departments(synced);
    synced = latest_update_time;
    return dept_list.map(({ dept_name, dept_status }) => [dept_name, dept_status]);
  };
  const ops = await owner.ok("POST", "/departments", { name: "Ops", parent_id: 1 });
  assert.deepEqual(await news(), [["Ops", 0]]);
  await owner.ok("PATCH", `/departments/${ops.id}`, { name: "Operations", priority: 7 });
  assert.deepEqual(await news(), [["Operations", 0]]);
  const cycle = await owner.refused("PATCH", "/departments/1", { parent_id: ops.id });
  assert.deepEqual(cycle, [409, "cycle", "parent_id"]);
  const blocked = await owner.refused("DELETE", "/departments/1");
  assert.deepEqual(blocked, [409, "has_departments", null]);
  await owner.ok("PATCH", "/users/3", { department_id: ops.id });
  const used = await owner.refused("DELETE", `/departments/${ops.id}`);
  assert.deepEqual(used, [409, "has_users", null]);
  await owner.ok("PATCH", "/users/3", { department_id: 1 });
  await owner.ok("DELETE", `/departments/${ops.id}`);
  assert.deepEqual(await news(), [["Operations", 1]]);
});

Deno.test("users are exported and imported as CSV, a dry run changes nothing", async () => {
  await using suite = await startHttpSuite();
  const { cluster, owner } = suite;
  const csv: string = await owner.ok("GET", "/users/export");
  assert.equal(csv.split("\r\n").length, 7, "a head, five users, and the end");
  assert.match(csv, /^id,name,nick,sex,domain,phone,email,avatar,department_id,status\r\n1,user1,/);

  const file = [
    "name,nick,department_id,password,status",
    `zoe,"Zoe ""Z"", the first",1,${PASSWORD},`,
    "user1,New nick,,,",
    "user2,,,,3",
    "user3,nick3,,,",
    "",
  ].join("\n");
  const update = "/users/import?on_existing=update";
  const counts = { added: 1, updated: 2, unchanged: 1 };
  const { rows, ...dry } = await owner.ok("POST", `${update}&dry_run=true&page_size=3`, file);
  assert.deepEqual(dry, { dry_run: true, ...counts, total_rows: 4, page: 1, page_size: 3 });
  const secret = { field: "password", before: null, after: null };
  assert.deepEqual(rows, [
    {
      ...{ line: 2, name: "zoe", kind: "new" },
      changes: [
        { field: "nick", before: null, after: 'Zoe "Z", the first' },
        { field: "sex", before: null, after: 0 },
        { field: "department_id", before: null, after: 1 },
        { field: "status", before: null, after: 0 },
        secret,
      ],
    },
    {
      ...{ line: 3, name: "user1", kind: "changed" },
      changes: [{ field: "nick", before: "nick1", after: "New nick" }],
    },
    {
      ...{ line: 4, name: "user2", kind: "changed" },
      changes: [{ field: "status", before: 0, after: 3 }],
    },
  ]);
  const rest = await owner.ok("POST", `${update}&dry_run=true&page_size=3&page=2`, file);
  assert.deepEqual(rest.rows, [{ line: 5, name: "user3", kind: "unchanged", changes: [] }]);
  assert.equal((await owner.ok("GET", "/users")).total, 5);
  await using leaving = await cluster.login("user2");
  const { added, updated, unchanged, rows: none } = await owner.ok("POST", update, file);
  assert.deepEqual([{ added, updated, unchanged }, none], [counts, []]);
  await endOf(leaving);
  const { items } = await owner.ok("GET", "/users?search=zoe");
  assert.equal(items[0].nick, 'Zoe "Z", the first');
  await using zoe = await cluster.login("zoe", { password: PASSWORD });
  assert.equal(zoe.userId, items[0].id);
  assert.equal((await owner.ok("GET", "/users/1")).nick, "New nick");

  const again = await owner.ok("POST", update, await owner.ok("GET", "/users/export"));
  assert.deepEqual([again.added, again.updated, again.unchanged], [0, 0, 6]);
  const { items: log } = await owner.ok("GET", "/audit?action=user.import");
  assert.equal(log.length, 2, "dry runs are not in it");
});

Deno.test("users are found by their login names, whole and in any status", async () => {
  await using suite = await startHttpSuite();
  const { owner } = suite;
  await owner.ok("DELETE", "/users/3");
  const names = ["user3", "user", "nobody", "user1"];
  const { items } = await owner.ok("POST", "/users/by_names", { names });
  assert.deepEqual(items.map(({ id, status }: { id: number; status: number }) => [id, status]), [
    ...[[1, 0], [3, 3]],
  ]);
  const none = await owner.refused("POST", "/users/by_names", { names: [] });
  assert.deepEqual(none, [422, "invalid_field", "names"]);
});

Deno.test("a file with errors imports nothing and lists the rows", async () => {
  await using suite = await startHttpSuite();
  const { owner } = suite;
  const file = [
    "name,department_id,password,sex",
    `ok,1,${PASSWORD},0`,
    `user1,1,${PASSWORD},0`,
    `bad,9,${PASSWORD},0`,
    `worse,1,${PASSWORD},many`,
    `ok,1,${PASSWORD},0`,
    "none,1,,0",
    "short,1,12345,0",
    `third,1,${PASSWORD},3`,
  ].join("\n");
  const answer = await owner.call("POST", "/users/import", file);
  assert.deepEqual([answer.status, answer.body.error.code], [422, "import_refused"]);
  assert.deepEqual(
    answer.body.rows.map((row: RowError) => [row.line, row.field, row.code, row.limit]),
    [
      [3, "name", "exists", null],
      [4, "department_id", "unknown_department", null],
      [5, "sex", "not_a_number", null],
      [6, "name", "twice", null],
      [7, "password", "missing", null],
      [8, "password", "too_short", 6],
      [9, "sex", "too_large", 2],
    ],
  );
  assert.equal((await owner.ok("GET", "/users")).total, 5);
  const problems = {
    "nick\nx": { code: "name_missing", values: {} },
    "name,salt\na,b": { code: "unknown_column", values: { column: "salt" } },
    'name\n"open': { code: "quote", values: {} },
    "name,nick\na": { code: "odd_row", values: { line: 2, values: 1, columns: 2 } },
    "name,name\na,b": { code: "column_twice", values: { column: "name" } },
  };
  for (const [bad, problem] of Object.entries(problems)) {
    const { body } = await owner.call("POST", "/users/import", bad);
    assert.deepEqual([body.error.code, body.problem], ["invalid_csv", problem], bad);
  }
});
