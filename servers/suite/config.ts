/**
 * Configuration of the all-in-one suite: the configuration of every role from one folder, plus what
 * the command line says about all of them.
 */
import { parseArgs } from "node:util";
import { ConfigError, type ConfigSource, loadConfig } from "../../shared/config/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { type DbProxyConfig, loadDbProxyConfig } from "../db_proxy/config.ts";
import { type LoginConfig, loginSchema } from "../login/config.ts";
import { loadMsgConfig, type MsgConfig } from "../msg/config.ts";
import { type RouteConfig, routeSchema } from "../route/config.ts";

export interface SuiteConfig {
  readonly dbProxy: DbProxyConfig;
  readonly login: LoginConfig;
  readonly route: RouteConfig;
  readonly msg: MsgConfig;
}

export interface SuiteOptions {
  /** Added to every port, so that several suites fit on one machine. */
  readonly portOffset: number;
  /** Replaces `DataDir`. */
  readonly dataDir: string | null;
  /** Replaces the address that clients are told. */
  readonly publicIp: string | null;
}

/**
 * Which of the roles that a suite can be without run in it. msg_server connects to those only: in
 * one process with everything else, the others are not elsewhere.
 */
const OPTIONAL_ROLES: Readonly<Record<"fileServer" | "pushServer", boolean>> = {
  fileServer: false,
  pushServer: false,
};

const MAX_PORT_OFFSET = 50_000;
/** Addresses to listen on, but not to connect to. */
const UNREACHABLE_IPS: readonly string[] = ["0.0.0.0", "::"];

/** Reads the command line of the suite. @throws {ConfigError} for what it does not understand */
export function parseSuiteOptions(args: readonly string[]): SuiteOptions {
  const { values } = parseOrExplain(args);
  const portOffset = Number(values["port-offset"] ?? "0");
  if (!Number.isInteger(portOffset) || portOffset < 0 || portOffset > MAX_PORT_OFFSET) {
    throw new ConfigError([
      `--port-offset "${values["port-offset"]}" is not allowed; ` +
      `allowed: a whole number from 0 to ${MAX_PORT_OFFSET}`,
    ]);
  }
  for (const [name, value] of Object.entries({ "--data": values.data, "--ip": values.ip })) {
    if (value === "") throw new ConfigError([`${name} "" is not allowed; allowed: a value`]);
  }
  if (values.ip !== undefined && UNREACHABLE_IPS.includes(values.ip)) {
    throw new ConfigError([
      `--ip "${values.ip}" is not allowed; allowed: an address that clients can connect to`,
    ]);
  }
  return { portOffset, dataDir: values.data ?? null, publicIp: values.ip ?? null };
}

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadSuiteConfig(
  source: ConfigSource,
  options: SuiteOptions,
  onNotice: (text: string) => void = () => {},
): SuiteConfig {
  const overridden = withOverrides(source, options);
  const loadOptions = { onNotice };
  const dbProxy = loadDbProxyConfig(overridden, loadOptions);
  const login = loadConfig(loginSchema, overridden, loadOptions);
  const route = loadConfig(routeSchema, overridden, loadOptions);
  const msg = loadMsgConfig(overridden, loadOptions);
  const missing = [
    ...(msg.loginServers.length === 0 ? ["LoginServerIP1"] : []),
    ...(msg.routeServers.length === 0 ? ["RouteServerIP1"] : []),
  ];
  if (missing.length > 0) {
    throw new ConfigError([`msgserver.conf: ${missing.join(", ")} is missing; a suite needs it`]);
  }
  const unused = [
    ...(msg.fileServers.length > 0 && !OPTIONAL_ROLES.fileServer ? ["FileServerIP1"] : []),
    ...(msg.pushServers.length > 0 && !OPTIONAL_ROLES.pushServer ? ["PushServerIP1"] : []),
  ];
  if (unused.length > 0) {
    onNotice(`msgserver.conf: ${unused.join(", ")} is not used: the suite has no such role`);
  }
  const shift = (port: number): number => shiftPort(port, options.portOffset);
  const shiftAll = (addresses: readonly Address[]): readonly Address[] =>
    addresses.map(({ host, port }) => ({ host, port: shift(port) }));
  return {
    dbProxy: { ...dbProxy, listen: shiftAll(dbProxy.listen) },
    login: {
      ...login,
      ClientPort: shift(login.ClientPort),
      HttpPort: shift(login.HttpPort),
      MsgServerPort: shift(login.MsgServerPort),
    },
    route: { ...route, ListenMsgPort: shift(route.ListenMsgPort) },
    msg: {
      ...msg,
      listen: shiftAll(msg.listen),
      dbServers: shiftAll(msg.dbServers),
      loginServers: shiftAll(msg.loginServers),
      routeServers: shiftAll(msg.routeServers),
      fileServers: OPTIONAL_ROLES.fileServer ? shiftAll(msg.fileServers) : [],
      pushServers: OPTIONAL_ROLES.pushServer ? shiftAll(msg.pushServers) : [],
    },
  };
}

/** 0 asks for any free port and stays so. @throws {ConfigError} for a sum that is no port */
function shiftPort(port: number, offset: number): number {
  if (port === 0) return 0;
  const shifted = port + offset;
  if (shifted > 65535) {
    throw new ConfigError([`--port-offset ${offset} moves port ${port} above 65535`]);
  }
  return shifted;
}

/** The command line is stronger than files and environment, so it becomes the latter. */
function withOverrides(source: ConfigSource, options: SuiteOptions): ConfigSource {
  const env: Record<string, string> = { ...source.env };
  if (options.dataDir !== null) env.TEAMTALK_DBPROXYSERVER_DATADIR = options.dataDir;
  if (options.publicIp !== null) {
    env.TEAMTALK_MSGSERVER_IPADDR1 = options.publicIp;
    env.TEAMTALK_MSGSERVER_IPADDR2 = options.publicIp;
  }
  return { ...source, env };
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "conf": { type: "string" },
        "data": { type: "string" },
        "ip": { type: "string" },
        "port-offset": { type: "string" },
      },
    });
  } catch (error) {
    // For some mistakes the first line is followed by a paragraph of advice.
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new ConfigError([
      `${
        reason?.replace(/\.$/, "")
      }. Allowed: --conf DIR, --data DIR, --ip ADDRESS, --port-offset N`,
    ]);
  }
}
