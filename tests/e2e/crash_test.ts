/**
 * The real process under load, killed or stopped in the middle of it: what was acknowledged is there
 * exactly once, in order, under its id, and counters agree with history.
 */
import assert from "node:assert/strict";
import { GROUP_TYPE_NORMAL } from "../../proto/mod.ts";
import type { StorageConfig } from "../../servers/db_proxy/config.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { testConfig } from "../../shared/storage/mysql/test_support/open_test_storage.ts";
import { TestEngines } from "../../shared/storage/mysql/test_support/test_engines.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { group, single, unreadOf, wholeHistory } from "../support/chat.ts";
import { type DataPlace, makeDataPlace, type StorageKind } from "../support/data_place.ts";
import { demoData } from "../support/demo_data.ts";
import { Ledger, type Target, WINDOW } from "../support/ledger.ts";
import {
  runSuiteProcess,
  seedData,
  startSuiteProcess,
  type SuiteProcess,
} from "../support/suite_process.ts";

const GROUP: Target = { session: group(1), conversation: "the group" };

/** user5 only listens. */
const TALKS: Readonly<Record<string, readonly Target[]>> = {
  user1: [{ session: single(5), conversation: "1 to 5" }, GROUP],
  user2: [{ session: single(5), conversation: "2 to 5" }, GROUP],
  user3: [{ session: single(4), conversation: "3 and 4" }, GROUP],
  user4: [{ session: single(3), conversation: "3 and 4" }, GROUP],
};

const STOP_LIMIT_MS = 4000;
/** Acks after each of which the process is killed. */
const KILLS: readonly number[] = [150, 700, 400];

async function seededData(kind: StorageKind = "sqlite"): Promise<DataPlace> {
  const place = await makeDataPlace(kind);
  await seedData(
    place.storage,
    demoData(5, [{ id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members: [1, 2, 3, 4, 5] }]),
  );
  return place;
}

/**
 * What a stored conversation looks like. With `gaps`, which a killed process may leave in MySQL and
 * Redis: ids that were taken and not used, and counters that do not know the last messages.
 */
type Order = "exact" | "gaps";

function onBoth(name: string, test: (kind: StorageKind) => Promise<void>): void {
  Deno.test(name, () => test("sqlite"));
  Deno.test(`${name} (mysql)`, async (t) => {
    if (!await isSkipped(t, NEEDED_ENGINES)) await test("mysql");
  });
}

/** Everybody talks; after so many acks the process gets the signal. */
async function talkUntil(
  suite: SuiteProcess,
  ledger: Ledger,
  { acks, signal }: { readonly acks: number; readonly signal: "SIGKILL" | "SIGTERM" },
): Promise<{ code: number; stderr: string; tookMs: number }> {
  const clients = await Promise.all(Object.keys(TALKS).map((name) => suite.login(name)));
  const talking = clients.map((client) => ledger.talk(client, TALKS[`user${client.userId}`]!));
  const endedEarly = Promise.all(talking).then(() => assert.fail("the acks stopped coming"));
  endedEarly.catch(() => {}); // They stop in the end, when the process is gone.
  await Promise.race([ledger.acks(acks), endedEarly]);
  const startedAtMs = performance.now();
  const { code, stderr } = await suite.end(signal);
  const tookMs = performance.now() - startedAtMs;
  await Promise.all(talking);
  for (const client of clients) await client.close();
  return { code, stderr, tookMs };
}

/** Compares what is stored with the ledger, and the counters with what is stored. */
async function check(suite: SuiteProcess, ledger: Ledger, order: Order = "exact"): Promise<void> {
  await using listener = await suite.login("user5");
  await using three = await suite.login("user3");
  for (
    const [client, session, conversation] of [
      [listener, single(1), "1 to 5"],
      [listener, single(2), "2 to 5"],
      [listener, group(1), "the group"],
      [three, single(4), "3 and 4"],
    ] as const
  ) {
    const history = await wholeHistory(client, session);
    ledger.check(conversation, history, { gaps: order === "exact" ? "none" : "allowed" });
    const latestId = history.at(-1)!.msg_id;
    assert.equal(await client.latestMessageId(session), latestId);
    const fromOthers = history.filter((info) => info.from_session_id !== client.userId).length;
    const missed = fromOthers - await unreadOf(client, session);
    const mayMiss = order === "exact" ? 0 : KILLS.length * WINDOW * Object.keys(TALKS).length;
    assert.ok(missed >= 0 && missed <= mayMiss, `unread of ${conversation}: ${missed} too few`);
    const { contact_session_list } = await client.recentSessions();
    const recent = contact_session_list.find((one) =>
      one.session_type === session.session_type && one.session_id === session.session_id
    );
    assert.equal(recent?.latest_msg_id, latestId);
  }
}

onBoth("a killed suite has every acknowledged message exactly once", async (kind) => {
  await using data = await seededData(kind);
  const ledger = new Ledger();
  let suite = await startSuiteProcess(data.storage);
  try {
    for (const acks of KILLS) {
      await talkUntil(suite, ledger, { acks, signal: "SIGKILL" });
      suite = await startSuiteProcess(data.storage);
      await check(suite, ledger, kind === "sqlite" ? "exact" : "gaps");
    }
  } finally {
    await suite.end("SIGKILL");
  }
});

onBoth("a suite that is told to stop under load ends in time and keeps every ack", async (kind) => {
  await using data = await seededData(kind);
  const ledger = new Ledger();
  const suite = await startSuiteProcess(data.storage);
  const { code, stderr, tookMs } = await talkUntil(suite, ledger, { acks: 500, signal: "SIGTERM" });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.ok(tookMs < STOP_LIMIT_MS, `it took ${tookMs} ms`);
  const again = await startSuiteProcess(data.storage);
  try {
    await check(again, ledger);
  } finally {
    await again.end("SIGTERM");
  }
});

Deno.test("a suite says when it is ready, and a second one on its ports why it is not", async () => {
  await using data = await seededData();
  await using other = await seededData();
  const suite = await startSuiteProcess(data.storage);
  try {
    assert.match(suite.greeting, /^ready in \d+\.\d\d s$/m);
    const { code, stdout, stderr } = await runSuiteProcess(other.storage, suite.portOffset);
    assert.equal(code, 1);
    assert.match(stderr, /^suite: Cannot listen on [\d.]+:\d+: the port is in use\n$/);
    assert.doesNotMatch(stdout, /^ready/m);
    await using client = await suite.login("user1");
    assert.equal(client.isOnline, true);
  } finally {
    const { code } = await suite.end("SIGTERM");
    assert.equal(code, 0);
  }
});

Deno.test("a suite that is interrupted at a terminal gets the signal twice and stops as for one", async () => {
  await using data = await seededData();
  const suite = await startSuiteProcess(data.storage);
  await using client = await suite.login("user1");
  suite.signal("SIGINT");
  const { code, stdout } = await suite.end("SIGINT");
  assert.equal(code, 0);
  assert.match(stdout, / stopped /);
  await client.closed;
});

Deno.test("a suite on an empty MySQL database says which command makes its tables", async (t) => {
  if (await isSkipped(t, NEEDED_ENGINES)) return;
  await using engines = await TestEngines.start("original");
  const { master, slave, ...rest } = testConfig(engines);
  const database = `${engines.database}_new`;
  const data: StorageConfig = {
    ...rest,
    kind: "mysql",
    master: { ...master, database },
    slave: { ...slave, database },
  };
  const absent = await runSuiteProcess(data, 0);
  assert.deepEqual([absent.code, absent.stderr], [
    1,
    `suite: Cannot use MySQL: Unknown database '${database}'. For a new installation: ` +
    "deno task migrate --create\n",
  ]);
  await engines.sql(`CREATE DATABASE ${database}`);
  try {
    const empty = await runSuiteProcess(data, 0);
    assert.equal(empty.code, 1);
    assert.match(
      empty.stderr,
      /^suite: Cannot use MySQL pool \S+ \(\S+\): IMUser, .*\(25 tables\) missing\. For .*--create\n$/,
    );
  } finally {
    await engines.sql(`DROP DATABASE ${database}`);
  }
});
