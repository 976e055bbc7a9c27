/** A msg_server of a test: on a free port, with open links and next to no limits. */
import type { MsgConfig } from "../../servers/msg/config.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";

const HOST = "127.0.0.1";

/** All but the servers that it connects to. */
export const TEST_MSG_CONFIG: Omit<MsgConfig, "dbServers" | "loginServers" | "routeServers"> = {
  listen: [{ host: HOST, port: 0 }],
  linkSecurity: OPEN_LINKS,
  linksPerDb: 1,
  fileServers: [],
  pushServers: [],
  publicIp1: HOST,
  publicIp2: HOST,
  maxConnCnt: 10_000,
  limits: { newcomers: { max: 4096, maxPerAddress: null } },
  maxMsgPerSecond: 0,
  maxRequestsPerSecond: 0,
  tellClientAddress: true,
  loginFailureDelayMs: 0,
  aesKey: DEFAULT_CLIENT_AES_KEY,
};
