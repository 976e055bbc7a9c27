/** A real msg_server whose clients and neighbours are all played by the test. */
import {
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_OTHER_FILE_SERVER_IP_REQ,
  CID_OTHER_FILE_SERVER_IP_RSP,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_SERVER_KICK_USER,
  CID_OTHER_USER_CNT_UPDATE,
  CID_OTHER_USER_STATUS_UPDATE,
  CID_OTHER_VALIDATE_REQ,
  CID_OTHER_VALIDATE_RSP,
  IMFileServerIPRsp,
  IMServerPCLoginStatusNotify,
  IMUserStatNotify,
  IMValidateReq,
  IMValidateRsp,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import { startMsgServer } from "../../../servers/msg/server.ts";
import { TcpNetwork } from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, seqNumOf } from "../../../shared/pdu/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import { WatchedLog } from "../../support/watched_log.ts";
import { Clients } from "./clients.ts";
import { FILE_SERVER } from "./conversations.ts";
import { Neighbour } from "./neighbour.ts";
import { SessionClock } from "./session_clock.ts";
import { SEEDED_AT } from "./fixture.ts";
import { terminalOf } from "./terminals.ts";
import { TEST_MSG_CONFIG } from "../../support/msg_config.ts";

export interface LoneMsgServer extends AsyncDisposable {
  readonly clock: SessionClock;
  readonly clients: Clients;
  readonly neighbours: Readonly<Record<NeighbourName, Neighbour>>;
  /** Logs a terminal in; what the neighbours hear of it is taken. */
  logIn(who: string): Promise<void>;
  /** Has route_server tell of a PC that is logged in. */
  tellPcOnline(who: string): Promise<void>;
}

/** As the recordings name them. */
export type NeighbourName = "db_proxy" | "route" | "login" | "file" | "push";

export async function startLoneMsgServer(): Promise<LoneMsgServer> {
  await using stack = new AsyncDisposableStack();
  const clock = new SessionClock(SEEDED_AT);
  const network = new TcpNetwork(clock);
  const listen = async (name: NeighbourName): Promise<Neighbour> =>
    stack.use(await Neighbour.listen(name, network));
  const neighbours = {
    db_proxy: await listen("db_proxy"),
    route: await listen("route"),
    login: await listen("login"),
    file: await listen("file"),
    push: await listen("push"),
  };
  const { db_proxy: db, route, login, file, push } = neighbours;
  const log = new WatchedLog();
  const server = stack.use(
    await startMsgServer({
      ...TEST_MSG_CONFIG,
      dbServers: [db.address, db.address],
      loginServers: [login.address],
      routeServers: [route.address],
      fileServers: [file.address],
      pushServers: [push.address],
      maxConnCnt: 100,
      tellClientAddress: false,
    }, { network, clock, random: seededRandom(1), log: log.logger }),
  );
  await server.linked;
  await file.take(CID_OTHER_FILE_SERVER_IP_REQ);
  const addresses = IMFileServerIPRsp.encode({ ip_addr_list: [FILE_SERVER] });
  file.send(buildFrame(CID_OTHER_FILE_SERVER_IP_RSP, 0, addresses));
  await log.logged("file_server says where it is", 1);
  await log.logged("push_server link opened", 1);
  await login.take(CID_OTHER_MSG_SERV_INFO);
  await route.take(CID_OTHER_ROLE_SET);
  await route.take(CID_OTHER_ONLINE_USER_INFO);
  const clients = stack.use(new Clients({ address: server.addresses.clients, clock }));
  const resources = stack.move();
  return {
    clock,
    clients,
    neighbours,
    async logIn(who) {
      await clients.logIn(who, async () => {
        const request = await db.take(CID_OTHER_VALIDATE_REQ);
        db.send(buildFrame(CID_OTHER_VALIDATE_RSP, seqNumOf(request), accepted(who, request)));
      });
      await route.take(CID_OTHER_SERVER_KICK_USER);
      await route.take(CID_OTHER_USER_STATUS_UPDATE);
      await login.take(CID_OTHER_USER_CNT_UPDATE);
    },
    async tellPcOnline(who) {
      const { userId } = terminalOf(who);
      const told = IMServerPCLoginStatusNotify.encode({ user_id: userId, login_status: 1 });
      route.send(buildFrame(CID_OTHER_LOGIN_STATUS_NOTIFY, 0, told));
      // This one reaches the PC itself, which shows that the first has come.
      const user_stat = { user_id: userId, status: USER_STATUS_ONLINE };
      const seen = buildFrame(
        CID_BUDDY_LIST_STATUS_NOTIFY,
        0,
        IMUserStatNotify.encode({ user_stat }),
      );
      route.send(seen);
      while ((await clients.next(who, "compared")).toHex() !== seen.toHex()) { /* of others */ }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** IMValidateRsp for a right password. */
function accepted(who: string, request: Uint8Array): Uint8Array {
  const { user_name, attach_data } = IMValidateReq.decode(bodyOf(request));
  return IMValidateRsp.encode({
    user_name,
    result_code: 0,
    result_string: "成功",
    user_info: {
      user_id: terminalOf(who).userId,
      user_gender: 1,
      user_nick_name: "",
      avatar_url: "",
      department_id: 1,
      email: "",
      user_real_name: user_name,
      user_tel: "",
      user_domain: user_name,
      status: 0,
    },
    attach_data: attach_data ?? new Uint8Array(0),
  });
}
