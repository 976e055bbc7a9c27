/** db_proxy_server with several workers on MySQL and Redis. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { MAX_FAILURES } from "../../servers/db_proxy/state/login_failures.ts";
import { bodyOf, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { md5Hex } from "../../shared/password.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { type DataPlace, makeDataPlace } from "../support/data_place.ts";
import { type DbProxyFixture, messageFrame, startDbProxy } from "../support/db_proxy_fixture.ts";
import { PASSWORD } from "../support/demo_data.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";

const WORKERS = 3;

function workersTest(name: string, run: (place: DataPlace) => Promise<void>): void {
  Deno.test(name, async (t) => {
    if (await isSkipped(t, NEEDED_ENGINES)) return;
    await using place = await makeDataPlace("mysql");
    await run(place);
  });
}

function start({ storage }: DataPlace): Promise<DbProxyFixture> {
  return startDbProxy("tcp", { storage, threadNum: WORKERS });
}

/** Pairs of all five users, and the two groups. */
const CONVERSATIONS: readonly (readonly [from: number, to: number, type: proto.MsgType])[] = [
  ...[[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4], [4, 5]].map(([from, to]) =>
    [from!, to!, proto.MSG_TYPE_SINGLE_TEXT] as const
  ),
  [1, 1, proto.MSG_TYPE_GROUP_TEXT],
  [2, 2, proto.MSG_TYPE_GROUP_TEXT],
];

workersTest(
  "db_proxy_server with workers, stores each conversation in the order of arrival",
  async (place) => {
    await using db = await start(place);
    assert.equal(db.log.countOf("task workers started"), 1);
    await using link = await db.connect();
    const rounds = 100;
    for (let seqNum = 1; seqNum <= rounds; seqNum++) {
      for (const [from, to, msg_type] of CONVERSATIONS) {
        link.sendBytes(messageFrame(seqNum, { from_user_id: from, to_session_id: to, msg_type }));
      }
    }
    const ids = new Map<string, number[][]>();
    for (let i = 0; i < rounds * CONVERSATIONS.length; i++) {
      const frame = await link.next();
      assert.equal(commandIdOf(frame), proto.CID_MSG_DATA);
      const { from_user_id, to_session_id, msg_type, msg_id } = proto.IMMsgData.decode(
        bodyOf(frame),
      );
      const key = `${msg_type}: ${from_user_id} to ${to_session_id}`;
      ids.set(key, [...ids.get(key) ?? [], [seqNumOf(frame), msg_id]]);
    }
    assert.equal(ids.size, CONVERSATIONS.length);
    const inOrder = Array.from({ length: rounds }, (_, i) => [i + 1, i + 1]);
    for (const [key, list] of ids) assert.deepEqual(list, inOrder, key);
  },
);

async function validate(link: ScriptedLink, user_name: string, password: string): Promise<number> {
  const body = proto.IMValidateReq.encode({ user_name, password });
  link.send(proto.CID_OTHER_VALIDATE_REQ, body);
  return (await link.expect(proto.CID_OTHER_VALIDATE_RSP, proto.IMValidateRsp)).result_code;
}

workersTest(
  "db_proxy_server with workers, locks a name out after as many failures as with one",
  async (place) => {
    await using db = await start(place);
    await using link = await db.connect();
    for (const name of ["user1", "user2", "user3", "user4"]) {
      for (let failures = 0; failures <= MAX_FAILURES; failures++) {
        assert.equal(await validate(link, name, md5Hex("wrong")), 1);
      }
      assert.equal(await validate(link, name, md5Hex(PASSWORD)), 6);
    }
    assert.equal(await validate(link, "user5", md5Hex(PASSWORD)), 0);
  },
);

workersTest(
  "db_proxy_server with workers, serves what it took before it stops, in every worker",
  async (place) => {
    const db = await start(place);
    await using link = await db.connect();
    for (const [from, to, msg_type] of CONVERSATIONS) {
      link.sendBytes(messageFrame(1, { from_user_id: from, to_session_id: to, msg_type }));
    }
    const first = proto.IMMsgData.decode(bodyOf(await link.next()));
    assert.equal(first.msg_id, 1, "all of them have arrived: they came in one piece");
    const stopping = db.server.stop();
    let stored = 1;
    while (stored < CONVERSATIONS.length) {
      const frame = await link.next();
      if (commandIdOf(frame) !== proto.CID_MSG_DATA) continue;
      assert.equal(proto.IMMsgData.decode(bodyOf(frame)).msg_id, 1);
      stored++;
    }
    await stopping;
    await db[Symbol.asyncDispose]();
  },
);

workersTest("db_proxy_server with workers, the end of any worker is told", async (place) => {
  const Original = globalThis.Worker;
  const workers: Worker[] = [];
  globalThis.Worker = class extends Original {
    constructor(...args: ConstructorParameters<typeof Original>) {
      super(...args);
      workers.push(this);
    }
  };
  const broken = Promise.withResolvers<Error>();
  await using _db = await startDbProxy("tcp", {
    storage: place.storage,
    threadNum: WORKERS,
    onFatal: broken.resolve,
  }).finally(() => globalThis.Worker = Original);
  assert.equal(workers.length, WORKERS);
  workers[WORKERS - 1]!.postMessage({ type: "tasks", packed: null });
  assert.match((await broken.promise).message, /^task worker ended: /);
});

workersTest(
  "db_proxy_server with workers, does not start when one pool cannot be used, and says why",
  async (place) => {
    assert.ok(place.storage.kind === "mysql");
    const { master, slave, redis, ...rest } = place.storage;
    const storage = {
      ...rest,
      master,
      slave,
      redis: { ...redis, token: { ...redis.token, port: 1 } },
    };
    await assert.rejects(start({ ...place, storage }), {
      name: "StorageError",
      message: /^Cannot use Redis pool token \(127\.0\.0\.1:1\): /,
    });
  },
);
