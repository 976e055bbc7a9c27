/** A login_server in memory or on TCP, and scripted msg_servers and clients for it. */
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_USER_CNT_UPDATE,
  IMMsgServInfo,
  IMMsgServReq,
  IMMsgServRsp,
  type IMMsgServRsp as LookupAnswer,
  IMUserCntUpdate,
  REFUSE_REASON_NONE,
} from "../../proto/mod.ts";
import type { LoginConfig } from "../../servers/login/config.ts";
import { type LoginListener, startLoginServer } from "../../servers/login/server.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { ManualClock, systemClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { MemoryNetwork, TcpNetwork } from "../../shared/netlib/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import type { RoleDeps, RunningServer } from "../../shared/role.ts";
import { ScriptedLink } from "./scripted_link.ts";

export const LOGIN_CONFIG: LoginConfig = {
  ClientListenIP: ["127.0.0.1"],
  ClientPort: 0,
  HttpListenIP: ["127.0.0.1"],
  HttpPort: 0,
  MsgServerListenIP: ["127.0.0.1"],
  MsgServerPort: 0,
  Tls: null,
  MaxConnCntPerIP: 0,
  Links: OPEN_LINKS,
  msfs: "http://127.0.0.1:8700/",
  discovery: "http://127.0.0.1/api/discovery",
  MaxClientConnCnt: 100,
  MaxMsgServerConnCnt: 100,
  MaxClientPduBytes: 64 * 1024,
};

export function tcpDeps(): RoleDeps {
  const clock = systemClock;
  return { network: new TcpNetwork(clock), clock, random: systemRandom, log: silentLogger };
}

export interface MemoryLogin extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: RunningServer<LoginListener>;
  connect(listener: LoginListener): Promise<ScriptedLink>;
  http(path: string): Promise<Response>;
}

export async function startLoginInMemory(): Promise<MemoryLogin> {
  const clock = new ManualClock();
  const network = new MemoryNetwork(clock);
  const deps = { network, clock, random: systemRandom, log: silentLogger };
  const server = await startLoginServer(LOGIN_CONFIG, deps);
  return {
    clock,
    server,
    connect: (listener) => ScriptedLink.connect(server.addresses[listener], network),
    http: (path) => network.fetch(`http://127.0.0.1:${server.addresses.http.port}${path}`),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

export interface Counts {
  readonly online?: number;
  readonly max?: number;
}

/** 0x0709; the second address is the first with a 0 behind it. */
export function register(
  link: ScriptedLink,
  ip: string,
  { online = 0, max = 1000 }: Counts = {},
): void {
  const body = IMMsgServInfo.encode({
    ip1: ip,
    ip2: `${ip}0`,
    port: 8000,
    max_conn_cnt: max,
    cur_conn_cnt: online,
    host_name: "test",
  });
  link.send(CID_OTHER_MSG_SERV_INFO, body);
}

/** 0x070b: 1 for a login, 2 for a logout. */
export function report(link: ScriptedLink, userAction: number): void {
  const body = IMUserCntUpdate.encode({ user_action: userAction, user_id: 1 });
  link.send(CID_OTHER_USER_CNT_UPDATE, body);
}

/** Asks over the client port, on a link of its own as clients do. */
export async function lookup(connecting: Promise<ScriptedLink>): Promise<LookupAnswer> {
  await using client = await connecting;
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}));
  return await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
}

/** First addresses, or results, that so many clients get one after the other. */
export async function lookups(login: MemoryLogin, count: number): Promise<string> {
  const answers: string[] = [];
  for (let each = 0; each < count; each++) {
    const { result_code, prior_ip } = await lookup(login.connect("client"));
    answers.push(result_code === REFUSE_REASON_NONE ? prior_ip! : `result ${result_code}`);
  }
  return answers.join(" ");
}
