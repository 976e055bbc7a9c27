import assert from "node:assert/strict";
import { ConfigError, denoSource, memorySource } from "../../shared/config/mod.ts";
import { loadSuiteConfig, type SuiteConfig } from "./config.ts";
import { parseSuiteOptions } from "./options.ts";

const CONF = `${import.meta.dirname}/../../conf`;

/** The shipped files with a command line, as `deno task start` reads them. */
function load(...args: readonly string[]): SuiteConfig {
  const source = { ...denoSource(), env: {}, args: ["--conf", CONF, ...args] };
  return loadSuiteConfig(source, parseSuiteOptions(source.args));
}

function path({ dbProxy: { storage } }: SuiteConfig): string {
  assert.ok(storage.kind === "sqlite");
  return storage.path;
}

function ports(config: SuiteConfig): Record<string, number | readonly number[]> {
  const { dbProxy, login, route, msg, file, msfs, push, httpMsg } = config;
  const portsOf = (list: readonly { readonly port: number }[]) => list.map(({ port }) => port);
  return {
    dbProxy: portsOf(dbProxy.listen),
    login: [login.ClientPort, login.HttpPort, login.MsgServerPort],
    route: route.ListenMsgPort,
    msg: portsOf(msg.listen),
    toDb: portsOf(msg.dbServers),
    toLogin: portsOf(msg.loginServers),
    toRoute: portsOf(msg.routeServers),
    toFile: portsOf(msg.fileServers),
    file: [file!.ClientListenPort, file!.MsgServerListenPort],
    msfs: msfs!.ListenPort,
    push: portsOf(push!.listen),
    toPush: portsOf(msg.pushServers),
    httpMsg: portsOf(httpMsg!.listen),
    fromHttpMsg: portsOf([...httpMsg!.dbServers, ...httpMsg!.routeServers]),
  };
}

Deno.test("loadSuiteConfig(), without options has the ports of the files, which fit together", () => {
  assert.deepEqual(ports(load()), {
    dbProxy: [10600],
    login: [8008, 8080, 8100],
    route: 8200,
    msg: [8000],
    toDb: [10600, 10600],
    toLogin: [8100],
    toRoute: [8200],
    toFile: [8601],
    file: [8600, 8601],
    msfs: 8700,
    push: [8500],
    toPush: [],
    httpMsg: [8400],
    fromHttpMsg: [10600, 10600, 8200],
  });
});

Deno.test("loadSuiteConfig(), --port-offset moves every port, and every connection to one", () => {
  assert.deepEqual(ports(load("--port-offset", "1000")), {
    dbProxy: [11600],
    login: [9008, 9080, 9100],
    route: 9200,
    msg: [9000],
    toDb: [11600, 11600],
    toLogin: [9100],
    toRoute: [9200],
    toFile: [9601],
    file: [9600, 9601],
    msfs: 9700,
    push: [9500],
    toPush: [],
    httpMsg: [9400],
    fromHttpMsg: [11600, 11600, 9200],
  });
});

Deno.test("loadSuiteConfig(), --data names the folder of everything that is stored", () => {
  const folders = (config: SuiteConfig) => [
    path(config),
    config.file?.StoreDir,
    config.msfs?.BaseDir,
  ];
  assert.deepEqual(folders(load("--data", "elsewhere")), [
    "elsewhere/teamtalk.db",
    "elsewhere/offline_file",
    "elsewhere/msfs",
  ]);
  assert.deepEqual(folders(load()), ["data/teamtalk.db", "data/offline_file", "data/msfs"]);
});

Deno.test("loadSuiteConfig(), msg_server connects to a push_server that has a service", () => {
  const env = {
    TEAMTALK_PUSHSERVER_WEBHOOKURL: "https://push.example/",
    TEAMTALK_PUSHSERVER_WEBHOOKSECRET: `whsec_${btoa("k".repeat(32))}`,
  };
  const source = { ...denoSource(), env, args: ["--conf", CONF] };
  const { msg } = loadSuiteConfig(source, parseSuiteOptions(["--port-offset", "100"]));
  assert.deepEqual(msg.pushServers.map(({ port }) => port), [8600]);
});

Deno.test("loadSuiteConfig(), clients are told where the suite's own msfs and file_server are", () => {
  const told = ({ login, file }: SuiteConfig) => [
    ...[login.msfs, login.discovery],
    ...[file?.PublicIP, file?.PublicPort],
  ];
  assert.deepEqual(told(load()), [
    ...["http://127.0.0.1:8700/", "http://127.0.0.1:8400/api/discovery"],
    ...[["127.0.0.1"], null],
  ]);
  assert.deepEqual(told(load("--ip", "10.1.2.3", "--port-offset", "100")), [
    // The API listens on loopback.
    ...["http://10.1.2.3:8800/", "http://127.0.0.1:8500/api/discovery"],
    ...[["10.1.2.3"], null],
  ]);
});

Deno.test("loadSuiteConfig(), the admin is told where the suite's own http_msg_server and msfs are", () => {
  const { admin } = load("--ip", "10.1.2.3", "--port-offset", "100");
  assert.deepEqual(admin?.listen, [{ host: "127.0.0.1", port: 8900 }]);
  assert.deepEqual([admin?.apiSite, admin?.msfsSite, admin?.publicMsfsSite], [
    "http://127.0.0.1:8500/",
    "http://127.0.0.1:8800/",
    "http://10.1.2.3:8800/",
  ]);
});

Deno.test("loadSuiteConfig(), --ip is what clients are told, over both ways in", () => {
  const { publicIp1, publicIp2 } = load("--ip", "192.0.2.7").msg;
  assert.deepEqual([publicIp1, publicIp2], ["192.0.2.7", "192.0.2.7"]);
});

Deno.test("loadSuiteConfig(), the command line is stronger than the environment", () => {
  const env = { TEAMTALK_DBPROXYSERVER_DATADIR: "from-env" };
  const source = { ...denoSource(), env, args: ["--conf", CONF] };
  const options = parseSuiteOptions([]);
  assert.match(path(loadSuiteConfig(source, options)), /^from-env\//);
  const chosen = { ...options, dataDir: "chosen" };
  assert.match(path(loadSuiteConfig(source, chosen)), /^chosen\//);
});

Deno.test("loadSuiteConfig(), a problem in any role's file names the file", () => {
  const source = memorySource({ files: { "conf/loginserver.conf": "HttpPort=x" } });
  assert.throws(
    () => loadSuiteConfig({ ...source, args: ["--conf", "conf"] }, parseSuiteOptions([])),
    (error) => error instanceof ConfigError && /dbproxyserver\.conf/.test(error.message),
  );
});

const REFUSED: readonly (readonly [args: readonly string[], line: RegExp])[] = [
  [["--wrong"], /'--wrong'.*Allowed: --conf DIR, --data DIR, --ip ADDRESS, --port-offset N$/],
  [["extra"], /'extra'.*Allowed:/],
  [["--data"], /--data.*Allowed:/],
  [["--port-offset", "x"], /--port-offset "x" .* from 0 to 50000$/],
  [["--port-offset", "1.5"], /--port-offset "1.5"/],
  [["--port-offset=-1"], /--port-offset "-1"/],
  [["--port-offset", "50001"], /--port-offset "50001"/],
];

for (const [args, line] of REFUSED) {
  Deno.test(`parseSuiteOptions() answers ${args.join(" ")} with one clear line`, () => {
    assert.throws(() => parseSuiteOptions(args), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, line);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

Deno.test("loadSuiteConfig(), a port that is 0 stays free to choose, one above 65535 is refused", () => {
  const source = {
    ...denoSource(),
    env: { TEAMTALK_MSGSERVER_LISTENPORT: "0" },
    args: ["--conf", CONF],
  };
  const config = loadSuiteConfig(source, parseSuiteOptions(["--port-offset", "1000"]));
  assert.deepEqual(ports(config)["msg"], [0]);
  const message = /--port-offset 60000 moves port \d+ above 65535|--port-offset "60000"/;
  assert.throws(() => load("--port-offset", "60000"), { name: "ConfigError", message });
});

Deno.test("loadSuiteConfig(), a suite without a login_server or route_server is refused", () => {
  const text = Deno.readTextFileSync(`${CONF}/msgserver.conf`);
  const without = text.replace(/^(Login|Route)Server(IP|Port)1=.*$/gm, "");
  const files = Object.fromEntries(
    ["loginserver.conf", "routeserver.conf", "dbproxyserver.conf"].map((
      name,
    ) => [name, Deno.readTextFileSync(`${CONF}/${name}`)]),
  );
  const source = memorySource({ files: { ...files, "msgserver.conf": without } });
  assert.throws(() => loadSuiteConfig(source, parseSuiteOptions([])), {
    name: "ConfigError",
    message: "msgserver.conf: LoginServerIP1, RouteServerIP1 is missing; a suite needs it",
  });
});

Deno.test("loadSuiteConfig(), msg_server connects to no role that is not in the suite, and says so", () => {
  const env = {
    TEAMTALK_MSGSERVER_FILESERVERIP1: "127.0.0.1",
    TEAMTALK_MSGSERVER_FILESERVERPORT1: "8601",
    TEAMTALK_MSGSERVER_PUSHSERVERIP1: "127.0.0.1",
    TEAMTALK_MSGSERVER_PUSHSERVERPORT1: "8500",
  };
  const notices: string[] = [];
  const { readFile, ...real } = denoSource();
  const optional = /(?:fileserver|msfs|pushserver|httpmsgserver|admin)\.conf$/;
  const source = {
    ...real,
    readFile: (path: string) => optional.test(path) ? null : readFile(path),
    env,
    args: ["--conf", CONF],
  };
  const config = loadSuiteConfig(source, parseSuiteOptions([]), (text) => notices.push(text));
  assert.deepEqual([config.msg.fileServers, config.msg.pushServers], [[], []]);
  const { file, msfs, push, httpMsg, admin } = config;
  assert.deepEqual([file, msfs, push, httpMsg, admin], [null, null, null, null, null]);
  assert.deepEqual(notices, [
    "msgserver.conf: FileServerIP1, PushServerIP1 is not used: the suite has no such role",
  ]);
});

Deno.test("parseSuiteOptions(), an address that nobody can connect to, or no value, is refused", () => {
  for (const args of [["--ip", "0.0.0.0"], ["--ip", "::"], ["--ip", ""], ["--data", ""]]) {
    assert.throws(() => parseSuiteOptions(args), { name: "ConfigError", message: /not allowed/ });
  }
});
