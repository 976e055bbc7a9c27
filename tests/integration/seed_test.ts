/** `deno task seed` as a process of its own, beside a running suite. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { StorageConfig } from "../../servers/db_proxy/config.ts";
import { storageEnv } from "../../servers/db_proxy/test_support/storage_env.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { startCluster } from "../support/cluster.ts";
import { makeDataPlace } from "../support/data_place.ts";
import { runTask, type TaskRun } from "../../servers/suite/seed/test_support/run_task.ts";

function seed(dataDir: string, ...args: readonly string[]): Promise<TaskRun> {
  return runTask("seed", ["--conf", "conf", "--data", dataDir, ...args]);
}

async function tempDir(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "seed_process_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("deno task seed makes users who can log in to a running suite and chat", async () => {
  await using dir = await tempDir();
  await using cluster = await startCluster({ dataDir: dir.path });
  const first = await seed(
    dir.path,
    ..."--users 3 --groups 1 --members 2 --password s3".split(" "),
  );
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.match(
    first.stdout,
    /^added to .*: users 3, groups 1, memberships 2, departments 5; \d+\.\d\d s\n$/,
  );
  await using ann = await cluster.login("user1", { password: "s3" });
  const known = await ann.allUsers();
  assert.deepEqual(known.user_list.map((user) => user.user_real_name), ["user1", "user2", "user3"]);

  const more = await seed(dir.path, ..."--users 700 --groups 1 --members 3".split(" "));
  assert.equal(more.code, 0);
  assert.match(more.stdout, /^note: 3 users were there already and keep their password$/m);
  const madePassword = /^password of the new users: (\w{12}) /m.exec(more.stdout)![1]!;
  const news = await ann.allUsers(known.latest_update_time);
  assert.ok(news.user_list.some(({ user_id }) => user_id === 4));
  assert.ok(news.user_list.some(({ user_id }) => user_id === 700));
  assert.ok(news.user_list.length >= 697);

  await using bob = await cluster.login("user700", { password: madePassword });
  await ann.sendText(bob.userId, "welcome");
  assert.equal((await bob.next("message")).from_user_id, 1);
  const [group] = (await ann.groupInfo([{ group_id: 1, version: 0 }])).group_info_list;
  assert.deepEqual([...group!.group_member_list].sort(), [1, 2, 3]);
  assert.deepEqual([group!.group_name, group!.version], ["group1", 2]);
});

Deno.test("deno task seed takes the golden fixture, twice", async () => {
  await using dir = await tempDir();
  const golden = ["--fixture", "tests/golden/fixture.json"];
  const first = await seed(dir.path, ...golden);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.match(first.stdout, /: users 5000, groups 4, memberships 615, departments 5; /);
  const again = await seed(dir.path, ...golden);
  assert.match(again.stdout, /: users 0 \(5000 were there\), groups 0 \(4 were there\), /);
  await using cluster = await startCluster({ dataDir: dir.path });
  await using last = await cluster.login("user5000", { password: "123456" });
  assert.equal(last.userId, 5000);
  assert.equal((await last.allUsers()).user_list.length, 5000);
});

Deno.test("two deno task seed at the same time share the work", async () => {
  await using dir = await tempDir();
  const args = "--users 2000 --groups 2 --members 900 --password p".split(" ");
  const runs = await Promise.all([seed(dir.path, ...args), seed(dir.path, ...args)]);
  assert.deepEqual(runs.map(({ code, stderr }) => [code, stderr]), [[0, ""], [0, ""]]);
  assert.equal(total(runs, "users"), 2000);
  assert.equal(total(runs, "memberships"), 1800);
});

function total(runs: readonly TaskRun[], what: string): number {
  return runs.map(({ stdout }) => Number(new RegExp(`${what} (\\d+)`).exec(stdout)![1]))
    .reduce((sum, count) => sum + count);
}

function onMysql(name: string, test: (storage: StorageConfig) => Promise<void>): void {
  Deno.test(`${name} (mysql)`, async (t) => {
    if (await isSkipped(t, NEEDED_ENGINES)) return;
    await using place = await makeDataPlace("mysql");
    await test(place.storage);
  });
}

onMysql("deno task seed beside a running cluster, twice, and its users chat", async (storage) => {
  await using cluster = await startCluster({ data: storage });
  const args = "--conf conf --users 1200 --groups 3 --members 700 --password s3".split(" ");
  const first = await runTask("seed", args, storageEnv(storage));
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.match(
    first.stdout,
    /^added to MySQL .*, Redis .*: users 1200, groups 3, memberships 2100, departments 5; .* s$/m,
  );
  const again = await runTask("seed", args, storageEnv(storage));
  assert.match(again.stdout, /: users 0 \(1200 were there\), groups 0 \(3 were there\), /);
  await using ann = await cluster.login("user1", { password: "s3" });
  await using bob = await cluster.login("user700", { password: "s3" });
  assert.equal((await ann.allUsers()).user_list.length, 1200);
  await ann.groupText(3, "welcome");
  assert.equal((await bob.next("message")).text, "welcome");
});

onMysql("two deno task seed at the same time share the work", async (storage) => {
  const args = "--conf conf --users 2000 --groups 2 --members 900 --password p".split(" ");
  const runs = await Promise.all([1, 2].map(() => runTask("seed", args, storageEnv(storage))));
  assert.deepEqual(runs.map(({ code, stderr }) => [code, stderr]), [[0, ""], [0, ""]]);
  assert.equal(total(runs, "users"), 2000);
  assert.equal(total(runs, "memberships"), 1800);
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  "": /^seed: Nothing to seed\. Allowed: --users N .*\n$/,
  "--users many": /^seed: --users "many" is not allowed; allowed: .*\n$/,
  "--fixture no_such.json": /^seed: --fixture "no_such\.json": there is no such file\n$/,
};

for (const [args, message] of Object.entries(REFUSED)) {
  Deno.test(`deno task seed with "${args}" ends with one line and exit code 1`, async () => {
    await using dir = await tempDir();
    const run = await seed(dir.path, ...args.split(" ").filter((word) => word !== ""));
    assert.deepEqual([run.code, run.stdout], [1, ""]);
    assert.match(run.stderr, message);
    assert.deepEqual([...Deno.readDirSync(dir.path)], []);
  });
}

Deno.test("deno task seed says why a database cannot be used", async () => {
  await using dir = await tempDir();
  const newer = new DatabaseSync(`${dir.path}/teamtalk.db`);
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  const run = await seed(dir.path, "--users", "1");
  assert.equal(run.code, 1);
  assert.match(run.stderr, /^seed: Cannot use schema version 999: this program knows \d+\n$/);
});
