import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  CID_OTHER_HEARTBEAT,
  IMMsgServRsp,
  type IMMsgServRspInit,
} from "../../../proto/mod.ts";
import { ScriptedServer } from "../../../shared/client/test_support/scripted_server.ts";
import { systemClock } from "../../../shared/clock.ts";
import { memorySource } from "../../../shared/config/mod.ts";
import { MemoryNetwork } from "../../../shared/netlib/mod.ts";
import { runDoctor } from "./doctor.ts";
import type { Machine } from "./machine.ts";

function confFiles(): Record<string, string> {
  const names = [
    ...["dbproxyserver", "loginserver", "msgserver", "routeserver"],
    ...["fileserver", "msfs", "pushserver", "httpmsgserver", "admin"],
  ];
  return Object.fromEntries(names.map((name) => {
    const path = `conf/${name}.conf`;
    return [path, Deno.readTextFileSync(new URL(`../../../${path}`, import.meta.url))];
  }));
}

const MACHINE: Machine = {
  denoVersion: "2.9.6",
  addresses: ["127.0.0.1", "192.168.7.5"],
  resolve: (host) => Promise.resolve(/^[\d.:]+$/.test(host) ? [host] : []),
};

const HTTP_LOOKUP = "http://127.0.0.1:8080/msg_server";
const MSFS = "http://127.0.0.1:8700/";
const DISCOVERY = "http://127.0.0.1:8800/api/discovery";

/** What a login_server says and who listens; unless changed, all is well for other machines too. */
interface World {
  readonly args?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly machine?: Partial<Machine>;
  /** Answers by URL; what is not here refuses the connection. */
  readonly http?: Readonly<Record<string, string>>;
  readonly tcpAnswer?: IMMsgServRspInit | "closes";
  readonly msgServer?: "answers" | "closes" | "absent";
}

function lookupAnswer(ip: string, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    code: 0,
    msg: "",
    priorIP: ip,
    backupIP: ip,
    port: "8000",
    msfsPrior: MSFS,
    msfsBackup: MSFS,
    discovery: DISCOVERY,
    ...changes,
  });
}

async function examine(world: World): Promise<{ failures: number; lines: readonly string[] }> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "doctor_" });
  stack.defer(() => Deno.remove(dataDir, { recursive: true }));
  const network = new MemoryNetwork(systemClock);
  const tcpAnswer = world.tcpAnswer ??
    { result_code: 0, prior_ip: "192.168.7.5", backip_ip: "192.168.7.5", port: 8000 };
  const login = stack.use(await ScriptedServer.start(network, { host: "0.0.0.0", port: 8008 }));
  login.answer(CID_LOGIN_REQ_MSGSERVER, (call) => {
    if (tcpAnswer === "closes") call.link.close("tired");
    else call.reply(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp, tcpAnswer);
  });
  const { msgServer = "answers" } = world;
  if (msgServer !== "absent") {
    const msg = stack.use(await ScriptedServer.start(network, { host: "0.0.0.0", port: 8000 }));
    if (msgServer === "closes") msg.answer(CID_OTHER_HEARTBEAT, (call) => call.link.close("tired"));
  }
  const http = world.http ?? { [HTTP_LOOKUP]: lookupAnswer("192.168.7.5") };
  const lines: string[] = [];
  const failures = await runDoctor({
    source: memorySource({
      args: [`--data=${dataDir}`, ...(world.args ?? "").split(" ").filter((word) => word !== "")],
      files: world.files ?? confFiles(),
    }),
    network,
    fetch: (url) => {
      const answer = http[url];
      return answer === undefined
        ? Promise.reject(new TypeError("connection refused"))
        : Promise.resolve(new Response(answer));
    },
    clock: systemClock,
    machine: { ...MACHINE, ...world.machine },
    print: (line) => void lines.push(line.replaceAll(dataDir, "DATA").replace(/\d+ ms$/, "N ms")),
  });
  return { failures, lines };
}

/** The findings of these levels, without what every run says. */
async function findings(world: World, levels: RegExp): Promise<readonly string[]> {
  const { lines } = await examine(world);
  return lines.filter((line) => levels.test(line) && !/^WARN {2}(msfs|discovery|data)/.test(line));
}

Deno.test("runDoctor() goes the way of a client, line by line", async () => {
  const { failures, lines } = await examine({});
  assert.deepEqual(lines.filter((line) => !line.includes("→")), [
    "OK    Deno 2.9.6",
    "OK    the configuration is readable and complete",
    "OK    login_server http://127.0.0.1:8080 (HTTP) tells clients 192.168.7.5:8000",
    "OK    login_server 127.0.0.1:8008 (TCP) tells clients 192.168.7.5:8000",
    "OK    msg_server 192.168.7.5:8000 is a private address: for clients of the same network",
    "OK    msg_server 192.168.7.5:8000 answers, N ms",
    `WARN  msfs ${MSFS} does not answer (connection refused): clients cannot send pictures and ` +
    "voice messages",
    `WARN  discovery ${DISCOVERY} does not answer (connection refused): the discovery page of ` +
    "clients stays empty",
    "OK    data directory DATA is writable",
    "WARN  database DATA/teamtalk.db: not there yet",
    "no failures, 3 warnings.",
  ]);
  assert.equal(failures, 0);
});

Deno.test("runDoctor() warns of a loopback address, with the remedy", async () => {
  const http = { [HTTP_LOOKUP]: lookupAnswer("127.0.0.1") };
  const { failures, lines } = await examine({ http });
  const index = lines.findIndex((line) => line.startsWith("WARN  msg_server"));
  assert.equal(
    lines[index],
    "WARN  msg_server 127.0.0.1:8000: only clients on this machine can connect to a loopback address",
  );
  assert.equal(
    lines[index + 1],
    "      → put the address that clients can reach as IpAddr1 in conf/msgserver.conf, or start " +
      "with --ip ADDRESS (addresses of this machine: 192.168.7.5)",
  );
  assert.equal(failures, 0);
});

Deno.test("runDoctor() warns of an address that this machine does not have", async () => {
  const http = { [HTTP_LOOKUP]: lookupAnswer("203.0.113.9", { backupIP: "192.168.7.5" }) };
  assert.deepEqual(await findings({ http }, /^(WARN|FAIL)/), [
    "WARN  msg_server 203.0.113.9:8000: this machine has no such address",
  ]);
});

Deno.test("runDoctor() fails for addresses that nobody can use", async () => {
  const changes = { backupIP: "chat.invalid" };
  const http = { [HTTP_LOOKUP]: lookupAnswer("0.0.0.0", changes) };
  assert.deepEqual(await findings({ http }, /^FAIL|IpAddr2/), [
    "FAIL  msg_server 0.0.0.0:8000: nobody can connect to this address",
    "FAIL  msg_server chat.invalid:8000: the name chat.invalid is unknown here",
    "      → put an address, or a name that clients can resolve, as IpAddr2 in conf/msgserver.conf",
  ]);
});

Deno.test("runDoctor() fails when the told msg_server cannot be reached or does not answer", async () => {
  assert.deepEqual(await findings({ msgServer: "absent" }, /^FAIL/), [
    "FAIL  msg_server 192.168.7.5:8000: Cannot connect to 192.168.7.5:8000: connection refused",
  ]);
  assert.match(
    (await findings({ msgServer: "closes" }, /^FAIL/)).join("\n"),
    /^FAIL {2}msg_server 192\.168\.7\.5:8000: the connection was closed: .*$/,
  );
});

Deno.test("runDoctor() fails when login_server has no msg_server to offer", async () => {
  const none = { [HTTP_LOOKUP]: '{"code": 1, "msg": "none"}' };
  assert.deepEqual(await findings({ http: none, tcpAnswer: { result_code: 2 } }, /^FAIL/), [
    "FAIL  login_server http://127.0.0.1:8080 (HTTP): no msg_server is registered",
    "FAIL  login_server 127.0.0.1:8008 (TCP): every msg_server is full",
  ]);
});

Deno.test("runDoctor() fails when login_server does not answer or says nonsense", async () => {
  assert.deepEqual(await findings({ http: {}, tcpAnswer: "closes" }, /^(WARN|FAIL)/), [
    "FAIL  login_server http://127.0.0.1:8080 (HTTP): connection refused",
    "FAIL  login_server 127.0.0.1:8008 (TCP): Connection lost: closed by the other side",
  ]);
  const http = { [HTTP_LOOKUP]: "<html>" };
  assert.deepEqual(await findings({ http }, /^FAIL/), [
    "FAIL  login_server http://127.0.0.1:8080 (HTTP): Cannot use the login_server's answer: it is " +
    "not a JSON object",
  ]);
});

Deno.test("runDoctor() asks another machine's login_server, without a look at this one", async () => {
  const http = { "http://203.0.113.9:8080/msg_server": lookupAnswer("203.0.113.9") };
  const { failures, lines } = await examine({
    args: "--server http://203.0.113.9:8080",
    files: {},
    http,
    tcpAnswer: "closes",
  });
  assert.deepEqual(lines.filter((line) => !/→|msfs|discovery/.test(line)), [
    "OK    Deno 2.9.6",
    "OK    login_server http://203.0.113.9:8080 (HTTP) tells clients 203.0.113.9:8000",
    "WARN  login_server 203.0.113.9:8008 (TCP): Connection lost: closed by the other side",
    "OK    msg_server 203.0.113.9:8000 answers, N ms",
    "no failures, 3 warnings.",
  ]);
  assert.equal(failures, 0);
});

Deno.test("runDoctor() fails when another machine's login_server tells a loopback address", async () => {
  const http = { "http://203.0.113.9:8080/msg_server": lookupAnswer("127.0.0.1") };
  const world: World = { args: "--server http://203.0.113.9:8080", files: {}, http };
  assert.deepEqual(await findings(world, /^FAIL/), [
    "FAIL  msg_server 127.0.0.1:8000: a loopback address, told by a server on another machine",
  ]);
});

Deno.test("runDoctor() says what is wrong in the configuration, and still asks the server", async () => {
  const files = { ...confFiles(), "conf/msgserver.conf": "ListenPort=x\n" };
  const { failures, lines } = await examine({ files });
  assert.ok(failures > 1);
  assert.ok(
    lines.some((line) => line.startsWith('FAIL  conf/msgserver.conf:1: ListenPort="x" is not')),
    lines.join("\n"),
  );
  assert.ok(lines.some((line) => line.startsWith("OK    login_server http://127.0.0.1:8080")));

  const warned = await examine({ files: {}, args: "--server http://127.0.0.1:8080" });
  assert.equal(warned.failures, 0);
  assert.ok(warned.lines.some((line) => line.startsWith("WARN  no usable configuration here")));
});

Deno.test("runDoctor() looks where --port-offset and ListenIP put the suite", async () => {
  const files = confFiles();
  const login = files["conf/loginserver.conf"]!.replace("HttpListenIP=0.0.0.0", "HttpListenIP=::1");
  const { lines } = await examine({
    files: { ...files, "conf/loginserver.conf": login },
    args: "--port-offset 100",
    http: {},
  });
  const asked = lines.filter((line) => line.startsWith("FAIL  login_server"));
  assert.deepEqual(asked.map((line) => line.split(": ")[0]), [
    "FAIL  login_server http://[::1]:8180 (HTTP)",
    "FAIL  login_server 127.0.0.1:8108 (TCP)",
  ]);
});

Deno.test("runDoctor() tells services that answer, and for whom", async () => {
  const far = "http://203.0.113.9:8700/";
  const http = {
    [HTTP_LOOKUP]: lookupAnswer("192.168.7.5", { msfsPrior: far }),
    [far]: "",
    [DISCOVERY]: "[]",
  };
  const { lines } = await examine({ http });
  assert.deepEqual(lines.filter((line) => /msfs|discovery/.test(line)), [
    `OK    msfs ${far} answers (HTTP 200)`,
    `WARN  discovery ${DISCOVERY} answers, but only clients on this machine can use a loopback ` +
    "address",
    "      → put its public URL as discovery in conf/loginserver.conf",
  ]);
});

Deno.test("runDoctor() fails on a Deno that is too old", async () => {
  for (const denoVersion of ["2.8.3", "1.46.0"]) {
    assert.deepEqual(await findings({ machine: { denoVersion } }, /^FAIL/), [
      `FAIL  Deno ${denoVersion} is too old`,
    ]);
  }
  assert.deepEqual(await findings({ machine: { denoVersion: "3.0.0" } }, /^FAIL/), []);
});
