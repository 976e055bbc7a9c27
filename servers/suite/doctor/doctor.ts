/**
 * `deno task doctor` from its command line to its last line: it goes the way of a client. It asks
 * login_server where to connect, looks at the addresses it is told, and connects. What belongs to
 * this machine only (configuration, data) is looked at when login_server runs here.
 */
import type { MsgServer } from "../../../shared/client/mod.ts";
import { ConfigError, type ConfigSource } from "../../../shared/config/mod.ts";
import type { StorageConfig } from "../../db_proxy/config.ts";
import { loadSuiteConfig, type SuiteConfig } from "../config.ts";
import type { CheckDeps, DoctorContext } from "./context.ts";
import { checkDataFile } from "./data_checks.ts";
import { checkHttpLookup, checkTcpLookup, type LoginServer } from "./login_checks.ts";
import { isHere, type Machine } from "./machine.ts";
import { checkMsgServer, type LoginServerPlace, type ToldAddress } from "./msg_server_checks.ts";
import { type DoctorOptions, parseDoctorOptions } from "./options.ts";
import { Report } from "./report.ts";
import { checkServices } from "./service_checks.ts";

/** Ports of the original, for a login_server of which only the URL is known. */
const DEFAULT_CLIENT_PORT = 8008;
const DEFAULT_URL = new URL("http://127.0.0.1:8080");
/** Older ones lack parts that the suite uses. */
const NEEDED_DENO = { major: 2, minor: 9 };

/**
 * Number of failures.
 * @throws {ConfigError} for a command line that it does not understand
 */
export async function runDoctor(context: DoctorContext): Promise<number> {
  const options = parseDoctorOptions(context.source.args);
  const report = new Report(context.print);
  const deps = { ...context, report };
  checkDeno(deps);
  const place = await placeOf(options.server, context.machine);
  const config = place === "this_machine" || options.hasConf
    ? checkConfig(options, context.source, report)
    : null;
  const told = await checkLogin(loginServer(options, config), deps);
  for (const address of toldAddresses(told, options.caFile)) {
    await checkMsgServer(address, place, deps);
  }
  if (told.http !== null) await checkServices(told.http, deps);
  if (place === "this_machine" && config !== null) {
    await checkStorage(config.dbProxy.storage, deps);
  }
  report.conclude();
  return report.failures;
}

async function checkStorage(storage: StorageConfig, deps: CheckDeps): Promise<void> {
  if (storage.kind === "sqlite") return await checkDataFile(storage.path, deps.report);
  const { checkEngines } = await import("./engine_checks.ts");
  await checkEngines(storage, deps);
}

function checkDeno({ machine: { denoVersion }, report }: CheckDeps): void {
  const [major = 0, minor = 0] = denoVersion.split(".").map(Number);
  const isNeeded = major > NEEDED_DENO.major ||
    (major === NEEDED_DENO.major && minor >= NEEDED_DENO.minor);
  if (isNeeded) report.ok(`Deno ${denoVersion}`);
  else report.fail(`Deno ${denoVersion} is too old`, "deno upgrade 2.9.6");
}

async function placeOf(server: URL | null, machine: Machine): Promise<LoginServerPlace> {
  if (server === null) return "this_machine";
  const ips = await machine.resolve(hostOf(server));
  return ips.some((ip) => isHere(machine, ip)) ? "this_machine" : "another_machine";
}

/** `null` when it cannot be used; that is fatal only when nothing else names the server. */
function checkConfig(
  options: DoctorOptions,
  source: ConfigSource,
  report: Report,
): SuiteConfig | null {
  try {
    const config = loadSuiteConfig(
      source,
      options.suite,
      (notice) => report.warn(notice, "remove the line if you do not need it"),
    );
    report.ok("the configuration is readable and complete");
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = "correct the line; --conf DIR names another directory";
    if (options.server === null || options.hasConf) {
      for (const problem of error.problems) report.fail(problem, remedy);
    } else {
      report.warn(
        `no usable configuration here (${error.problems[0]})`,
        "give the --conf of the suite to have its data looked at too",
      );
    }
    return null;
  }
}

function loginServer({ server, suite }: DoctorOptions, config: SuiteConfig | null): LoginServer {
  if (config === null) {
    const url = server ?? DEFAULT_URL;
    const tcp = { host: hostOf(url), port: DEFAULT_CLIENT_PORT + suite.portOffset };
    return { url: url.origin, tcp, tcpPort: "assumed" };
  }
  const { HttpListenIP, HttpPort, ClientListenIP, ClientPort } = config.login;
  if (server !== null) {
    const tcp = { host: hostOf(server), port: ClientPort };
    return { url: server.origin, tcp, tcpPort: "assumed" };
  }
  const http = reachable(HttpListenIP[0]!);
  const host = http.includes(":") ? `[${http}]` : http;
  return {
    url: `http://${host}:${HttpPort}`,
    tcp: { host: reachable(ClientListenIP[0]!), port: ClientPort },
    tcpPort: "known",
  };
}

/** Where to connect to from this machine, for an address that is listened on. */
function reachable(listenIp: string): string {
  if (listenIp === "0.0.0.0") return "127.0.0.1";
  return listenIp === "::" ? "::1" : listenIp;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

interface Told {
  readonly http: MsgServer | null;
  readonly tcp: MsgServer | null;
}

async function checkLogin(server: LoginServer, deps: CheckDeps): Promise<Told> {
  return {
    http: await checkHttpLookup(server, deps),
    tcp: await checkTcpLookup(server, deps),
  };
}

/** Each address once. With several msg_servers the two ways may well tell different ones. */
/** With one of the TLS port for each; the only one where the plain port is closed. */
function toldAddresses({ http, tcp }: Told, caFile: string | null): ToldAddress[] {
  const addresses = new Map<string, ToldAddress>();
  const tls = { caFile, serverName: null, certFile: null, keyFile: null };
  for (const told of [http, tcp]) {
    if (told === null) continue;
    const { port, tlsPort } = told;
    for (const [key, host] of [["IpAddr1", told.priorIp], ["IpAddr2", told.backupIp]] as const) {
      const ways: ToldAddress[] = [
        ...(port === tlsPort ? [] : [{ host, port, key }]),
        ...(tlsPort === undefined ? [] : [{ host, port: tlsPort, key, tls }]),
      ];
      for (const way of ways) {
        const name = `${host} ${way.port}`;
        if (!addresses.has(name)) addresses.set(name, way);
      }
    }
  }
  return [...addresses.values()];
}
