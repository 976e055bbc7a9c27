/**
 * Configuration of the all-in-one suite: the configuration of every role from one folder, plus what
 * the command line says about all of them.
 *
 * Roles that a suite can be without run when their file is in the folder. In one process with
 * everything else the others are not elsewhere, so msg_server connects to those only.
 */
import {
  ConfigError,
  type ConfigSource,
  loadConfig,
  type LoadOptions,
  locateFile,
  withShiftedPorts,
} from "../../shared/config/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { type AdminConfig, loadAdminConfig } from "../../admin/config.ts";
import { type DbProxyConfig, loadDbProxyConfig } from "../db_proxy/config.ts";
import { type FileConfig, fileSchema } from "../file/config.ts";
import { type HttpMsgConfig, loadHttpMsgConfig } from "../http_msg/config.ts";
import { type LoginConfig, loginSchema } from "../login/config.ts";
import { type MsfsConfig, msfsSchema } from "../msfs/config.ts";
import { loadMsgConfig, type MsgConfig } from "../msg/config.ts";
import { loadPushConfig, type PushConfig } from "../push/config.ts";
import { type RouteConfig, routeSchema } from "../route/config.ts";
import { sourceWithOptions, type SuiteOptions } from "./options.ts";

export interface SuiteConfig {
  readonly dbProxy: DbProxyConfig;
  readonly login: LoginConfig;
  readonly route: RouteConfig;
  readonly msg: MsgConfig;
  /** `null`: the suite runs without. */
  readonly file: FileConfig | null;
  readonly msfs: MsfsConfig | null;
  readonly push: PushConfig | null;
  readonly httpMsg: HttpMsgConfig | null;
  /** The web admin. */
  readonly admin: AdminConfig | null;
}

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadSuiteConfig(
  plainSource: ConfigSource,
  options: SuiteOptions,
  onNotice: (text: string) => void = () => {},
): SuiteConfig {
  const source = sourceWithOptions(plainSource, options);
  const loading: LoadOptions = { onNotice };
  const isThere = (fileName: string): boolean => locateFile(fileName, source).text !== null;
  const config: SuiteConfig = {
    dbProxy: loadDbProxyConfig(source, loading),
    login: loadConfig(loginSchema, source, loading),
    route: loadConfig(routeSchema, source, loading),
    msg: loadMsgConfig(source, loading),
    file: isThere(fileSchema.fileName) ? loadConfig(fileSchema, source, loading) : null,
    msfs: isThere(msfsSchema.fileName) ? loadConfig(msfsSchema, source, loading) : null,
    push: isThere("pushserver.conf") ? loadPushConfig(source, loading) : null,
    httpMsg: isThere("httpmsgserver.conf") ? loadHttpMsgConfig(source, loading) : null,
    admin: isThere("admin.conf") ? loadAdminConfig(source, loading) : null,
  };
  checkLinks(config, onNotice);
  return shifted(config, options);
}

/** What msg_server needs must be named, and what is named should be there. */
function checkLinks(
  { msg, file, push, httpMsg, admin }: SuiteConfig,
  onNotice: (text: string) => void,
): void {
  const missing = [
    ...(msg.loginServers.length === 0 ? ["LoginServerIP1"] : []),
    ...(msg.routeServers.length === 0 ? ["RouteServerIP1"] : []),
  ];
  if (missing.length > 0) {
    throw new ConfigError([`msgserver.conf: ${missing.join(", ")} is missing; a suite needs it`]);
  }
  const unused = [
    ...(msg.fileServers.length > 0 && file === null ? ["FileServerIP1"] : []),
    ...(msg.pushServers.length > 0 && push === null ? ["PushServerIP1"] : []),
  ];
  if (unused.length > 0) {
    onNotice(`msgserver.conf: ${unused.join(", ")} is not used: the suite has no such role`);
  }
  if (admin !== null && httpMsg === null) {
    onNotice(
      `admin.conf: ApiSite=${admin.apiSite} has to be elsewhere: the suite has no such role`,
    );
  }
}

/** Every port, and every place where one role is told another's. */
function shifted(config: SuiteConfig, { portOffset, publicIp }: SuiteOptions): SuiteConfig {
  const { dbProxy, login, route, msg, file, msfs, push, httpMsg, admin } = config;
  const shift = (port: number): number => shiftPort(port, portOffset);
  const shiftAll = <A extends Address>(addresses: readonly A[]): readonly A[] =>
    addresses.map((address) => ({ ...address, port: shift(address.port) }));
  const toMsfs = { port: msfs?.ListenPort, portOffset };
  const toHttpMsg = { port: httpMsg?.listen[0]?.port, portOffset };
  const storage = dbProxy.storage.kind === "mysql"
    ? { ...dbProxy.storage, msfsSite: shiftUrl(dbProxy.storage.msfsSite, toMsfs) }
    : dbProxy.storage;
  return {
    dbProxy: { ...dbProxy, storage, listen: shiftAll(dbProxy.listen) },
    login: {
      ...login,
      ClientPort: shift(login.ClientPort),
      HttpPort: shift(login.HttpPort),
      Tls: withShiftedPorts(login.Tls, shift),
      MsgServerPort: shift(login.MsgServerPort),
      msfs: shiftUrl(login.msfs, { ...toMsfs, publicIp }),
      discovery: shiftUrl(login.discovery, toHttpMsg),
    },
    route: { ...route, ListenMsgPort: shift(route.ListenMsgPort) },
    msg: {
      ...msg,
      listen: shiftAll(msg.listen),
      dbServers: shiftAll(msg.dbServers),
      loginServers: shiftAll(msg.loginServers),
      routeServers: shiftAll(msg.routeServers),
      fileServers: file === null ? [] : shiftAll(msg.fileServers),
      pushServers: push !== null && hasPushService(push) ? shiftAll(msg.pushServers) : [],
    },
    file: file && {
      ...file,
      ClientListenPort: shift(file.ClientListenPort),
      Tls: withShiftedPorts(file.Tls, shift),
      MsgServerListenPort: shift(file.MsgServerListenPort),
      PublicPort: file.PublicPort && shift(file.PublicPort),
    },
    msfs: msfs && {
      ...msfs,
      ListenPort: shift(msfs.ListenPort),
      Tls: withShiftedPorts(msfs.Tls, shift),
    },
    push: push && { ...push, listen: shiftAll(push.listen) },
    httpMsg: httpMsg && {
      ...httpMsg,
      listen: shiftAll(httpMsg.listen),
      dbServers: shiftAll(httpMsg.dbServers),
      routeServers: shiftAll(httpMsg.routeServers),
      loginServers: shiftAll(httpMsg.loginServers),
      api: {
        ...httpMsg.api,
        msfsSite: httpMsg.api.msfsSite && shiftUrl(httpMsg.api.msfsSite, toMsfs),
      },
    },
    admin: admin && {
      ...admin,
      listen: shiftAll(admin.listen),
      apiSite: shiftUrl(admin.apiSite, toHttpMsg),
      msfsSite: admin.msfsSite && shiftUrl(admin.msfsSite, toMsfs),
      publicMsfsSite: admin.publicMsfsSite &&
        shiftUrl(admin.publicMsfsSite, { ...toMsfs, publicIp }),
    },
  };
}

interface LocalPlace {
  /** Where the role listens, unshifted; absent: the suite has no such role. */
  readonly port: number | undefined;
  readonly portOffset: number;
  /** What clients elsewhere have to be told; absent: nobody elsewhere. */
  readonly publicIp?: string | null;
}

/** A URL of one of the suite's own roles where that is now; any other stays as it is. */
function shiftUrl(url: string, { port, portOffset, publicIp = null }: LocalPlace): string {
  const place = new URL(url);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(place.hostname);
  if (port === undefined || !isLocal || Number(place.port) !== port) return url;
  place.port = String(shiftPort(port, portOffset));
  if (publicIp !== null) place.hostname = publicIp;
  return url.endsWith("/") ? place.href : place.href.replace(/\/$/, "");
}

/**
 * A push_server without one refuses every push. What a msg_server has to ask for a push is not for
 * nothing, so in a suite it then does not connect.
 */
function hasPushService({ apns, fcm, webhook }: PushConfig): boolean {
  return apns !== null || fcm !== null || webhook !== null;
}

/** 0 asks for any free port and stays so. @throws {ConfigError} for a sum that is no port */
function shiftPort(port: number, offset: number): number {
  if (port === 0) return 0;
  const sum = port + offset;
  if (sum > 65535) {
    throw new ConfigError([`--port-offset ${offset} moves port ${port} above 65535`]);
  }
  return sum;
}
