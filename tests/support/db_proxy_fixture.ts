/** A db_proxy_server with users 1 to 5, and what scripted msg_servers ask it. */
import {
  CID_BUDDY_LIST_USER_INFO_REQUEST,
  CID_BUDDY_LIST_USER_INFO_RESPONSE,
  CID_MSG_DATA,
  IMMsgData,
  type IMMsgDataInit,
  IMUsersInfoReq,
  IMUsersInfoRsp,
  MSG_TYPE_SINGLE_TEXT,
} from "../../proto/mod.ts";
import type { StorageConfig } from "../../servers/db_proxy/config.ts";
import { startDbProxyServer } from "../../servers/db_proxy/server.ts";
import { DEFAULT_NIGHT } from "../../servers/db_proxy/state/night.ts";
import { CHEAP_PASSWORDS } from "../../servers/db_proxy/test_support/tasks.ts";
import { openStorageBriefly } from "../../servers/db_proxy/storage.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { seededRandom } from "../../shared/random.ts";
import type { RunningServer } from "../../shared/role.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import { makeDataPlace } from "./data_place.ts";
import { demoData } from "./demo_data.ts";
import { ScriptedLink } from "./scripted_link.ts";
import { WatchedLog } from "./watched_log.ts";

export interface DbProxyFixture extends AsyncDisposable {
  readonly server: RunningServer<"peers">;
  readonly log: WatchedLog;
  /** A further msg_server. */
  connect(): Promise<ScriptedLink>;
}

export interface DbProxyFixtureOptions {
  readonly clock?: Clock;
  readonly log?: WatchedLog;
  readonly stopGraceMs?: number;
  /** An empty database; default: an embedded one of its own. */
  readonly storage?: StorageConfig;
  /** `kept`: another db_proxy_server has filled it. Default: it gets the demo data. */
  readonly data?: "kept";
  /** Default: 1, and 0 in memory. */
  readonly threadNum?: number;
  readonly onFatal?: (error: Error) => void;
}

/** Over TCP with the engine in a worker; in memory with everything on this thread. */
export async function startDbProxy(
  kind: "tcp" | "memory",
  options: DbProxyFixtureOptions = {},
): Promise<DbProxyFixture> {
  const { clock = systemClock, log = new WatchedLog("info"), stopGraceMs = 0 } = options;
  await using stack = new AsyncDisposableStack();
  const storage = options.storage ?? stack.use(await makeDataPlace("sqlite")).storage;
  if (options.data === undefined) {
    const opened = await openStorageBriefly(storage, clock);
    await demoData(5)(opened);
    await opened.close();
  }
  const network: Network = kind === "tcp" ? new TcpNetwork(clock) : new MemoryNetwork(clock);
  const server = stack.use(
    await startDbProxyServer({
      listen: [{ host: "127.0.0.1", port: 0 }],
      threadNum: options.threadNum ?? (kind === "tcp" ? 1 : 0),
      linkSecurity: OPEN_LINKS,
      stopGraceMs,
      storage,
      aesKey: DEFAULT_CLIENT_AES_KEY,
      night: DEFAULT_NIGHT,
      passwords: CHEAP_PASSWORDS,
    }, {
      network,
      clock,
      random: seededRandom(1),
      log: log.logger,
      onFatal: options.onFatal ?? ((error) => {
        throw error;
      }),
    }),
  );
  const resources = stack.move();
  return {
    server,
    log,
    connect: () =>
      ScriptedLink.connect(server.addresses.peers, kind === "tcp" ? undefined : network),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A message from user 1 to user 2. */
export function messageFrame(seqNum: number, changes: Partial<IMMsgDataInit> = {}): Uint8Array {
  const body = IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 0,
    create_time: 1_800_000_000,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: Uint8Array.of(65),
    ...changes,
  });
  return buildFrame(CID_MSG_DATA, seqNum, body);
}

/** Asks about a user and takes the answer, which has to be the next frame. */
export async function isServed(link: ScriptedLink): Promise<void> {
  const body = IMUsersInfoReq.encode({ user_id: 1, user_id_list: [3] });
  link.send(CID_BUDDY_LIST_USER_INFO_REQUEST, body, { seqNum: 99 });
  await link.expect(CID_BUDDY_LIST_USER_INFO_RESPONSE, IMUsersInfoRsp);
}
