import assert from "node:assert/strict";
import { ConfigError, memorySource } from "../../shared/config/mod.ts";
import { type DbProxyConfig, describeStorage, loadDbProxyConfig } from "./config.ts";

/** As the original's installer writes it, comments left out. */
const INSTALLED = `
ListenIP=127.0.0.1
ListenPort=10600
ThreadNum=48\t\t# double the number of CPU core
MsfsSite=127.0.0.1

DBInstances=teamtalk_master,teamtalk_slave
teamtalk_master_host=127.0.0.1
teamtalk_master_port=3306
teamtalk_master_dbname=teamtalk
teamtalk_master_username=root
teamtalk_master_password=12345
teamtalk_master_maxconncnt=16
teamtalk_slave_host=127.0.0.1
teamtalk_slave_port=3306
teamtalk_slave_dbname=teamtalk
teamtalk_slave_username=root
teamtalk_slave_password=12345
teamtalk_slave_maxconncnt=16

CacheInstances=unread,group_set,token,sync,group_member
unread_host=127.0.0.1
unread_port=6379
unread_db=1
unread_maxconncnt=16
group_set_host=127.0.0.1
group_set_port=6379
group_set_db=2
group_set_maxconncnt=16
sync_host=127.0.0.1
sync_port=6379
sync_db=3
sync_maxconncnt=1
token_host=127.0.0.1
token_port=6379
token_db=4
token_maxconncnt=16
group_member_host=127.0.0.1
group_member_port=6379
group_member_db=5
group_member_maxconncnt=48

aesKey=12345678901234567890123456789012
`;

/** The file beside the original's source code: other addresses, users and Redis databases. */
const SOURCE_STYLE = INSTALLED
  .replace("ListenIP=127.0.0.1", "ListenIP=0.0.0.0")
  .replaceAll("username=root", "username=test")
  .replace(/^(group_set|token|group_member)_db=\d$/gm, "$1_db=1")
  .replace("sync_db=3", "sync_db=2");

interface Loaded {
  readonly config: DbProxyConfig;
  readonly notices: readonly string[];
}

function load(
  text: string,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Loaded {
  const notices: string[] = [];
  const source = memorySource({ files: { "dbproxyserver.conf": text, ...files }, env });
  const config = loadDbProxyConfig(source, { onNotice: (notice) => notices.push(notice) });
  return { config, notices };
}

function mysqlOf({ config }: Loaded) {
  assert.ok(config.storage.kind === "mysql");
  return config.storage;
}

/** The lines of the refusal. */
function problems(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  assert.fail("the file loads");
}

Deno.test("loadDbProxyConfig(), the original's installed file means MySQL and Redis, unchanged", () => {
  for (const text of [INSTALLED, INSTALLED.replaceAll("\n", "\r\n")]) {
    const loaded = load(text);
    assert.equal(loaded.config.threadNum, 48);
    assert.deepEqual(loaded.config.listen, [{ host: "127.0.0.1", port: 10600 }]);
    const pool = { host: "127.0.0.1", port: 3306, database: "teamtalk", user: "root" };
    const redis = { host: "127.0.0.1", port: 6379, password: "" };
    assert.deepEqual(loaded.config.storage, {
      keepLegacyHash: true,
      kind: "mysql",
      master: { ...pool, name: "teamtalk_master", password: "12345", maxConnections: 16 },
      slave: { ...pool, name: "teamtalk_slave", password: "12345", maxConnections: 16 },
      redis: {
        unread: { ...redis, name: "unread", db: 1 },
        group_set: { ...redis, name: "group_set", db: 2 },
        token: { ...redis, name: "token", db: 4 },
        group_member: { ...redis, name: "group_member", db: 5 },
      },
      msfsSite: "http://127.0.0.1:8700/",
      background: "run",
    });
    assert.deepEqual(loaded.notices, []);
  }
});

Deno.test("loadDbProxyConfig(), the file beside the original's source loads, with its Redis numbers", () => {
  const { redis, master } = mysqlOf(load(SOURCE_STYLE));
  assert.deepEqual(Object.values(redis).map(({ db }) => db), [1, 1, 1, 1]);
  assert.equal(master.user, "test");
});

Deno.test("loadDbProxyConfig(), passwords come from files or the environment, Redis may have them", () => {
  const text = INSTALLED
    .replace("teamtalk_master_password=12345", "teamtalk_master_passwordFile=secret.txt")
    .replace("token_db=4", "token_db=4\ntoken_password=open");
  const env = {
    TEAMTALK_DBPROXYSERVER_TEAMTALK_SLAVE_PASSWORD: "from env",
    TEAMTALK_DBPROXYSERVER_UNREAD_PASSWORD: "redis",
  };
  const { master, slave, redis } = mysqlOf(load(text, env, { "secret.txt": "from file\n" }));
  assert.deepEqual([master.password, slave.password], ["from file", "from env"]);
  assert.deepEqual([redis.unread.password, redis.token.password], ["redis", "open"]);
  assert.equal(redis.group_set.password, "");
});

Deno.test("loadDbProxyConfig(), each pool may be reached with TLS, of an authority and under a name", () => {
  const plain = mysqlOf(load(INSTALLED));
  assert.equal("tls" in plain.master || "tls" in plain.redis.token, false);
  const keys = "teamtalk_master_tls=1\nteamtalk_master_cafile=ca.pem\ntoken_tls=1\n" +
    "token_tlsname=redis.example\nunread_tls=0\n";
  const { master, slave, redis } = mysqlOf(load(INSTALLED + keys));
  assert.deepEqual(master.tls, { caFile: "ca.pem", serverName: null });
  assert.deepEqual(redis.token.tls, { caFile: null, serverName: "redis.example" });
  assert.deepEqual([slave.tls, redis.unread.tls], [undefined, undefined]);
});

Deno.test("loadDbProxyConfig(), an authority without TLS is refused: nothing would be encrypted", () => {
  assert.deepEqual(problems(`${INSTALLED}teamtalk_slave_cafile=ca.pem\ntoken_tlsname=a`), [
    "dbproxyserver.conf: teamtalk_slave_cafile is set, but teamtalk_slave_tls is not 1; allowed: " +
    "both, or neither",
    "dbproxyserver.conf: token_tlsname is set, but token_tls is not 1; allowed: both, or neither",
  ]);
  assert.match(problems(`${INSTALLED}token_tls=yes`)[0]!, /token_tls="yes" is not allowed.*0 or 1/);
});

Deno.test("loadDbProxyConfig(), the secret of msfs is there when it is given", () => {
  assert.equal(mysqlOf(load(INSTALLED)).msfsUploadSecret, undefined);
  const { msfsUploadSecret } = mysqlOf(load(`${INSTALLED}\nMsfsUploadSecret=s3cret`));
  assert.equal(msfsUploadSecret, "s3cret");
});

Deno.test("loadDbProxyConfig(), missing pools are one line each, naming what is allowed", () => {
  const without = INSTALLED.split("\n").filter((line) => !/^[a-z_]+_|Instances/.test(line));
  assert.deepEqual(problems(without.join("\n")), [
    "dbproxyserver.conf: DBInstances is missing, which Storage=mysql needs (as it is without that " +
    "key); allowed: names separated by commas, among them teamtalk_master, teamtalk_slave",
    "dbproxyserver.conf: CacheInstances is missing, which Storage=mysql needs (as it is without that " +
    "key); allowed: names separated by commas, among them unread, group_set, token, group_member",
  ]);
  const lacking = INSTALLED.replace("sync,group_member", "sync");
  assert.match(problems(lacking).join("\n"), /^\S+: CacheInstances="[^"]*" is not allowed; .*$/);
});

Deno.test("loadDbProxyConfig(), Storage=sqlite needs no pools, and takes a file that has them", () => {
  const { config } = load(`${INSTALLED}\nStorage=sqlite\nDataDir=here`);
  assert.deepEqual(config.storage, { kind: "sqlite", path: "here/teamtalk.db" });
  const aesKey = "aesKey=12345678901234567890123456789012";
  assert.equal(load(`Storage=sqlite\n${aesKey}`).config.storage.kind, "sqlite");
});

Deno.test("loadDbProxyConfig(), MsfsSite is a URL or an address, whose slash may be missing", () => {
  const siteOf = (text: string) =>
    mysqlOf(load(INSTALLED.replace("MsfsSite=127.0.0.1", `MsfsSite=${text}`))).msfsSite;
  assert.equal(siteOf("http://files.example.com:8700"), "http://files.example.com:8700/");
  assert.equal(siteOf("files.example.com:9000/"), "http://files.example.com:9000/");
  const lines = problems(INSTALLED.replace("MsfsSite=127.0.0.1", "MsfsSite=ftp://x"));
  assert.deepEqual(lines, [
    'dbproxyserver.conf:5: MsfsSite="ftp://x" is not allowed; allowed: an http or https URL, or ' +
    "host[:port]",
  ]);
});

Deno.test("describeStorage() names the places, never user or password", () => {
  const described = describeStorage(load(INSTALLED).config.storage);
  assert.equal(described, "MySQL 127.0.0.1:3306/teamtalk, Redis 127.0.0.1:6379");
});
