/** What http_msg_server asks (docs/internal.md). */
import type {
  IMFiguresReq,
  IMFiguresRspInit,
  IMInternalHello,
  IMInternalHelloRspInit,
} from "../../../proto/mod.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import { FEATURE_FIGURES, ROLE_LOGIN_SERVER } from "../../../shared/management/features.ts";
import type { LoginFigures } from "../../../shared/management/figures.ts";
import { checkHello } from "../../../shared/management/hello.ts";
import type { LoginCaller } from "../context.ts";

const SERVER_NAME = "login_server";
const NO_ATTACH_DATA = new Uint8Array(0);

/** CID_INTERNAL_HELLO, answered by CID_INTERNAL_HELLO_RSP. */
export function hello(_call: Call<LoginCaller>, request: IMInternalHello): IMInternalHelloRspInit {
  checkHello(request);
  return { role: ROLE_LOGIN_SERVER, server_name: SERVER_NAME, feature_list: [FEATURE_FIGURES] };
}

/** CID_INTERNAL_FIGURES_REQ, answered by CID_INTERNAL_FIGURES_RSP: what clients are told. */
export function figures({ from }: Call<LoginCaller>, request: IMFiguresReq): IMFiguresRspInit {
  const { config, table } = from.context;
  const known: LoginFigures = {
    msgServers: table.servers().map(({ info, online }) => ({
      ip1: info.ip1,
      ip2: info.ip2,
      port: info.port,
      hostName: info.host_name,
      online,
      maxOnline: info.max_conn_cnt,
    })),
    msfs: config.msfs,
    discovery: config.discovery,
  };
  return {
    figures: JSON.stringify(known),
    attach_data: request.attach_data ?? NO_ATTACH_DATA,
  };
}
