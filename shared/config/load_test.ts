import assert from "node:assert/strict";
import { ConfigError } from "./error.ts";
import { ignored } from "./field.ts";
import { loadConfig, type LoadOptions } from "./load.ts";
import { defineConfig } from "./schema.ts";
import { memorySource, type MemorySourceOptions } from "./source.ts";
import { choice, integer, port, text } from "./values.ts";

const schema = defineConfig("msgserver.conf", {
  ListenPort: port({ allowZero: true }),
  MaxConnCnt: integer({ min: 1, max: 1000 }),
  MaxMsgPerSecond: integer({ min: 0, max: 100, default: 20 }),
  Storage: choice(["sqlite", "mysql"], { default: "mysql" }),
  Old: ignored("the feature is gone"),
}, {
  check: ({ ListenPort, MaxConnCnt }) =>
    ListenPort === MaxConnCnt ? [`ListenPort=${ListenPort} must differ from MaxConnCnt`] : [],
});

const VALID = "ListenPort=8000\nMaxConnCnt=10\n";

type Config = ReturnType<typeof load>;

function load(source: MemorySourceOptions, options: LoadOptions = {}) {
  return loadConfig(schema, memorySource(source), options);
}

function problemsOf(source: MemorySourceOptions): readonly string[] {
  try {
    load(source);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message, error.problems.join("\n"));
    return error.problems;
  }
  assert.fail("loadConfig() should have thrown");
}

Deno.test("loadConfig() gives a frozen object whose type comes from the schema", () => {
  const config = load({ files: { "msgserver.conf": VALID } });
  const typed: {
    readonly ListenPort: number;
    readonly MaxConnCnt: number;
    readonly MaxMsgPerSecond: number;
    readonly Storage: "sqlite" | "mysql";
  } = config;
  assert.deepEqual(typed, {
    ListenPort: 8000,
    MaxConnCnt: 10,
    MaxMsgPerSecond: 20,
    Storage: "mysql",
  });
  // @ts-expect-error an ignored key is not part of the type
  const absent: keyof Config = "Old";
  assert.equal(absent in config, false);
  // @ts-expect-error every property is readonly
  assert.throws(() => (config.ListenPort = 1), TypeError);
});

Deno.test("loadConfig() looks in the working directory first and in conf/ next", () => {
  const below = { "conf/msgserver.conf": "ListenPort=2\nMaxConnCnt=9" };
  assert.equal(load({ files: below }).ListenPort, 2);
  assert.equal(load({ files: { ...below, "msgserver.conf": VALID } }).ListenPort, 8000);
});

Deno.test("loadConfig() takes --conf as a file or as a directory and leaves other arguments", () => {
  const files = { "msgserver.conf": VALID, "etc/msgserver.conf": "ListenPort=1\nMaxConnCnt=2" };
  for (const conf of ["etc", "etc/", "etc/msgserver.conf"]) {
    assert.equal(load({ files, args: ["--port-offset", "5", "--conf", conf] }).ListenPort, 1);
    assert.equal(load({ files, args: [`--conf=${conf}`, "-v"] }).ListenPort, 1);
  }
});

Deno.test("loadConfig() refuses a --conf without value, given twice or naming nothing", () => {
  const files = { "msgserver.conf": VALID };
  const noValue = ["--conf has no value; allowed: a file or a directory"];
  assert.deepEqual(problemsOf({ files, args: ["--conf"] }), noValue);
  assert.deepEqual(problemsOf({ files, args: ["--conf="] }), noValue);
  assert.deepEqual(problemsOf({ files, args: ["--conf", "--other"] }), noValue);
  assert.deepEqual(problemsOf({ files, args: ["--conf", "a", "--conf=b"] }), [
    "--conf is given twice; give it once",
  ]);
  assert.deepEqual(problemsOf({ files, args: ["--conf", "nowhere"] }), [
    '--conf "nowhere" is neither a file nor a directory',
  ]);
});

Deno.test("loadConfig() prefers environment over file over the caller's defaults", () => {
  const files = { "msgserver.conf": "ListenPort=1\nMaxConnCnt=2" };
  const defaults = { MaxMsgPerSecond: "30", ListenPort: "3", Storage: "sqlite" };
  const env = {
    TEAMTALK_MSGSERVER_LISTENPORT: "0",
    TEAMTALK_MSGSERVER_MAXCONNCNT: "",
    TEAMTALK_ROUTESERVER_LISTENPORT: "9",
    PATH: "/bin",
  };
  const { ListenPort, MaxConnCnt, MaxMsgPerSecond, Storage } = load({ files, env }, { defaults });
  assert.deepEqual([ListenPort, MaxConnCnt, MaxMsgPerSecond, Storage], [0, 2, 30, "sqlite"]);
});

Deno.test("loadConfig() needs no file when the environment has every required key", () => {
  const env = { TEAMTALK_MSGSERVER_LISTENPORT: "0", TEAMTALK_MSGSERVER_MAXCONNCNT: "5" };
  assert.equal(load({ env }).MaxConnCnt, 5);
  const other = { "etc/routeserver.conf": "" };
  assert.equal(load({ env, files: other, args: ["--conf", "etc"] }).MaxConnCnt, 5);
});

Deno.test("loadConfig() reports a missing file together with the keys that need it", () => {
  const env = { TEAMTALK_MSGSERVER_LISTENPORT: "0" };
  assert.deepEqual(problemsOf({ env }), [
    "msgserver.conf: there is no such file; name it or its directory with --conf",
    "msgserver.conf: MaxConnCnt is missing or empty; allowed: a whole number from 1 to 1000",
  ]);
});

Deno.test("loadConfig() reports every problem of file and environment, one line each", () => {
  const files = { "conf/msgserver.conf": "# c\nListenPort=70000\nlistenport=1\nZebra=secret\n" };
  const env = {
    TEAMTALK_MSGSERVER_MAXMSGPERSECOND: "fast",
    TEAMTALK_MSGSERVER_MAXMSGPERSECONDS: "1",
  };
  assert.deepEqual(problemsOf({ files, env }), [
    'conf/msgserver.conf:2: ListenPort="70000" is not allowed; ' +
    "allowed: a whole number from 0 to 65535",
    "conf/msgserver.conf: MaxConnCnt is missing or empty; allowed: a whole number from 1 to 1000",
    "conf/msgserver.conf: MaxMsgPerSecond (from TEAMTALK_MSGSERVER_MAXMSGPERSECOND)=" +
    '"fast" is not allowed; allowed: a whole number from 0 to 100',
    'conf/msgserver.conf:3: "listenport" is unknown; did you mean ListenPort?',
    'conf/msgserver.conf:4: "Zebra" is unknown; ' +
    "allowed: ListenPort, MaxConnCnt, MaxMsgPerSecond, Old, Storage",
    "conf/msgserver.conf: variable TEAMTALK_MSGSERVER_MAXMSGPERSECONDS names an unknown key; " +
    "did you mean TEAMTALK_MSGSERVER_MAXMSGPERSECOND?",
  ]);
});

Deno.test("loadConfig() reports what the schema's check finds, naming the file", () => {
  assert.deepEqual(problemsOf({ files: { "msgserver.conf": "ListenPort=7\nMaxConnCnt=7" } }), [
    "msgserver.conf: ListenPort=7 must differ from MaxConnCnt",
  ]);
});

Deno.test("loadConfig() accepts ignored and repeated keys and tells onNotice about them", () => {
  const notices: string[] = [];
  const files = { "msgserver.conf": `${VALID}Old=1\nListenPort=9\n` };
  const config = load({ files }, { onNotice: (text) => notices.push(text) });
  assert.equal(config.ListenPort, 8000);
  assert.deepEqual(notices, [
    "msgserver.conf: Old is not used: the feature is gone",
    "msgserver.conf: ListenPort on line 4 is not used: the first occurrence counts",
  ]);
});

Deno.test("loadConfig() names the file when reading it fails", () => {
  const cause = new Error("permission denied");
  const source = {
    ...memorySource({}),
    readFile: (): never => {
      throw cause;
    },
  };
  assert.throws(() => loadConfig(schema, source), {
    name: "ConfigError",
    message: 'Cannot read "msgserver.conf": permission denied',
    cause,
  });
});

Deno.test("loadConfig() refuses a caller's default that no field reads", () => {
  const unread = defineConfig("a.conf", { A: text({ default: "a" }) });
  assert.throws(() => loadConfig(unread, memorySource({}), { defaults: { B: "b" } }), {
    message: "Cannot use default B: no field reads it",
  });
});
