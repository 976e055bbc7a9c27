/**
 * db_proxy_server with encrypted connections to MySQL and Redis: it works over them, and takes no
 * engine that cannot prove with a certificate who it is.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CID_MSG_DATA, IMMsgData } from "../../proto/mod.ts";
import type { MysqlConfig } from "../../servers/db_proxy/config.ts";
import { storageEnv } from "../../servers/db_proxy/test_support/storage_env.ts";
import { ManualClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { bodyOf } from "../../shared/pdu/mod.ts";
import type { EngineTls } from "../../shared/storage/engine_tls.ts";
import { MysqlPool } from "../../shared/storage/mysql/pool.ts";
import { SchemaDatabase } from "../../shared/storage/mysql/schema_database.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { TestMariadb } from "../../shared/storage/mysql/test_support/test_mariadb.ts";
import { RedisPool, RETRY_MS } from "../../shared/storage/redis/pool.ts";
import { freePort, TestRedis } from "../../shared/storage/redis/test_support/test_redis.ts";
import { StorageError } from "../../shared/storage/types.ts";
import { createTestAuthority } from "../../shared/test_support/certificates.ts";
import { isSkipped, missingEngine } from "../../shared/test_support/engines.ts";
import { type EnginesPlace, makeEnginesPlace } from "../support/data_place.ts";
import { isServed, messageFrame, startDbProxy } from "../support/db_proxy_fixture.ts";
import { WatchedLog } from "../support/watched_log.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DEPS = { clock: new ManualClock(), log: silentLogger };
/** In the engines' certificate beside 127.0.0.1; `localhost` is not. */
const NAME = "db.example";
/** May come with TLS only. */
const USER = "secured";

/** A MariaDB and a Redis with TLS, each beside a plain port. */
class TlsPlace implements AsyncDisposable {
  readonly folder: CertificateFolder;
  readonly place: EnginesPlace;
  readonly #redisPort: number;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    resources: AsyncDisposableStack,
    { folder, place, redisPort }: {
      readonly folder: CertificateFolder;
      readonly place: EnginesPlace;
      readonly redisPort: number;
    },
  ) {
    this.#resources = resources;
    this.folder = folder;
    this.place = place;
    this.#redisPort = redisPort;
  }

  static async start(): Promise<TlsPlace> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(new CertificateFolder());
    folder.writeServer(folder.authority.issueServer(["127.0.0.1", NAME]));
    const { certFile, keyFile } = folder;
    const mariadb = stack.use(
      await TestMariadb.start(`--ssl-cert=${certFile}`, `--ssl-key=${keyFile}`),
    );
    const redisPort = freePort();
    const redisOptions = redisTlsOptions(folder, redisPort);
    const place = stack.use(
      await makeEnginesPlace({ mariadbPort: mariadb.port, redisOptions }),
    );
    await place.engines.sql(`CREATE USER ${USER} REQUIRE SSL`);
    await place.engines.sql(`GRANT ALL ON *.* TO ${USER}`);
    return new TlsPlace(stack.move(), { folder, place, redisPort });
  }

  /** Storage that is reached with TLS. */
  storage(tls: EngineTls, redisTls: EngineTls = tls): MysqlConfig {
    const { storage } = this.place;
    assert.ok(storage.kind === "mysql");
    const mysql = { user: USER, tls };
    const redis = { port: this.#redisPort, tls: redisTls };
    const { unread, group_set, token, group_member } = storage.redis;
    return {
      ...storage,
      master: { ...storage.master, ...mysql },
      slave: { ...storage.slave, ...mysql },
      redis: {
        unread: { ...unread, ...redis },
        group_set: { ...group_set, ...redis },
        token: { ...token, ...redis },
        group_member: { ...group_member, ...redis },
      },
    };
  }

  /** As a configuration that is right says it. */
  get tls(): EngineTls {
    return { caFile: this.folder.caFile, serverName: null };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

/** A port with TLS beside the plain one. */
function redisTlsOptions({ certFile, keyFile, caFile }: CertificateFolder, port: number): string[] {
  return [
    ...["--tls-port", String(port), "--tls-auth-clients", "no"],
    ...["--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", caFile],
  ];
}

let started: TlsPlace | null = null;
Deno.test.beforeAll(async () => {
  if (await missingEngine(NEEDED_ENGINES) === null) started = await TlsPlace.start();
});
Deno.test.afterAll(() => started?.[Symbol.asyncDispose]());

function tlsTest(name: string, run: (place: TlsPlace) => Promise<void>): void {
  Deno.test(name, async (t) => {
    if (!await isSkipped(t, NEEDED_ENGINES)) await run(started!);
  });
}

async function refusal(opening: Promise<AsyncDisposable | { close(): Promise<void> }>) {
  const error = await opening.then(
    (opened) => "close" in opened ? opened.close() : opened[Symbol.asyncDispose](),
    (error: unknown) => error,
  );
  assert.ok(error instanceof StorageError, "it was opened");
  return error.message;
}

tlsTest("db_proxy_server works over TLS to MySQL and Redis", async (place) => {
  const storage = place.storage(place.tls);
  await using db = await startDbProxy("tcp", { storage, threadNum: 0 });
  await using link = await db.connect();
  link.send(CID_MSG_DATA, bodyOf(messageFrame(1)));
  assert.equal((await link.expect(CID_MSG_DATA, IMMsgData)).msg_id, 1);
});

tlsTest("a Redis that was away is connected to again with TLS", async ({ folder, tls }) => {
  const clock = new ManualClock();
  const log = new WatchedLog();
  const port = freePort();
  const options = redisTlsOptions(folder, port);
  await using redis = await TestRedis.start(...options);
  const pool = await RedisPool.open({ ...redis.pool("unread", 1), port, tls }, {
    clock,
    log: log.logger,
  });
  await redis.kill();
  await log.logged("Redis pool lost", 1);
  await redis.restart(...options);
  clock.advance(RETRY_MS);
  await log.logged("Redis pool is back", 1);
  assert.deepEqual(await pool.pipeline([["ping"]]), ["PONG"]);
  await pool.close();
});

tlsTest("workers, migrate and doctor connect with TLS as db_proxy_server does", async (place) => {
  const storage = place.storage(place.tls);
  await using db = await startDbProxy("tcp", { storage, data: "kept", threadNum: 2 });
  await using link = await db.connect();
  await isServed(link);
  await using schema = await SchemaDatabase.connect(storage.master);
  const [row] = await schema.rows<{ Value: string }>("SHOW STATUS LIKE 'Ssl_version'");
  assert.match(row!.Value, /^TLSv1\.[23]$/);
});

tlsTest(
  "an engine whose certificate is of another authority is refused at the start",
  async (place) => {
    using stranger = new CertificateFolder(createTestAuthority("stranger"));
    const wrong = { caFile: stranger.caFile, serverName: null };
    const { master, redis } = place.storage(wrong);
    const demand =
      `(TLS was asked for, with a certificate for 127.0.0.1 of an authority in ${stranger.caFile})`;
    for (
      const message of [
        await refusal(MysqlPool.open(master, DEPS)),
        await refusal(RedisPool.open(redis.unread, DEPS)),
        await refusal(SchemaDatabase.connect(master)),
      ]
    ) {
      assert.match(
        message,
        /^Cannot (?:use MySQL pool teamtalk_master|use Redis pool unread|connect)/,
      );
      assert.ok(message.endsWith(demand), message);
    }
    const trusted = { caFile: null, serverName: null };
    const known = place.storage(trusted);
    assert.match(
      await refusal(MysqlPool.open(known.master, DEPS)),
      /an authority that is known here/,
    );
    assert.match(await refusal(RedisPool.open(known.redis.token, DEPS)), /known here/);
  },
);

tlsTest(
  "a db_proxy_server that does not trust its MySQL, or its Redis, ends with one line that says so",
  async (place) => {
    using stranger = new CertificateFolder(createTestAuthority("stranger"));
    const wrong = { caFile: stranger.caFile, serverName: null };
    for (
      const [storage, line] of [
        [
          place.storage(wrong, place.tls),
          /^db_proxy_server: Cannot use MySQL pool teamtalk_\w+ \(.*unable to verify.*TLS was asked for/,
        ],
        [
          place.storage(place.tls, wrong),
          /^db_proxy_server: Cannot use Redis pool \w+ \(.*self-signed certificate.*TLS was asked for/,
        ],
      ] as const
    ) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "servers/db_proxy/main.ts"],
        cwd: ROOT,
        env: {
          ...storageEnv(storage),
          NO_COLOR: "1",
          TEAMTALK_DBPROXYSERVER_LISTENPORT: "0",
        },
        stdin: "null",
      }).output();
      assert.match(new TextDecoder().decode(stderr), line);
      assert.equal(code, 1);
    }
  },
);

tlsTest(
  "the certificate must have the name that is configured, or that of the host",
  async (place) => {
    const open = async (changes: { host?: string; serverName?: string }): Promise<void> => {
      const { host = "127.0.0.1", serverName = null } = changes;
      const { master, redis } = place.storage({ ...place.tls, serverName });
      await (await MysqlPool.open({ ...master, host }, DEPS)).close();
      await (await RedisPool.open({ ...redis.unread, host }, DEPS)).close();
    };
    await open({});
    await open({ serverName: NAME });
    await open({ host: "localhost", serverName: NAME });
    await open({ host: "localhost", serverName: "127.0.0.1" });
    for (
      const [host, serverName] of [["localhost", null], ["127.0.0.1", "other.example"], [
        "127.0.0.1",
        "127.0.0.2",
      ]] as const
    ) {
      const { master, redis } = place.storage({ ...place.tls, serverName });
      const wrong = /does not match certificate's altnames/;
      assert.match(await refusal(MysqlPool.open({ ...master, host }, DEPS)), wrong);
      assert.match(await refusal(RedisPool.open({ ...redis.unread, host }, DEPS)), wrong);
    }
  },
);

tlsTest("an engine that speaks no TLS is not talked to without it", async (place) => {
  const { storage } = place.place;
  assert.ok(storage.kind === "mysql");
  const { redis } = storage;
  const message = await refusal(RedisPool.open({ ...redis.unread, tls: place.tls }, DEPS));
  assert.match(message, /TLS was asked for/);
  await using plain = await TestMariadb.start();
  const master = { ...storage.master, port: plain.port, tls: place.tls };
  assert.match(await refusal(MysqlPool.open(master, DEPS)), /does not support secure connection/);
});

tlsTest("a file of authorities that cannot be used is named", async (place) => {
  const junk = place.folder.write("junk.pem", "junk");
  for (
    const [caFile, reason] of [
      [`${junk}x`, /Cannot use .*junk\.pemx: there is no such file/],
      [junk, /Cannot use .*junk\.pem: it holds no certificate in PEM form/],
    ] as const
  ) {
    const { master, redis } = place.storage({ caFile, serverName: null });
    assert.match(await refusal(MysqlPool.open(master, DEPS)), reason);
    assert.match(await refusal(RedisPool.open(redis.unread, DEPS)), reason);
  }
});
