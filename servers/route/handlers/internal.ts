/** What http_msg_server asks, and what msg_servers answer (docs/internal.md). */
import {
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_FIGURES_RSP,
  IMFiguresReq,
  IMFiguresRsp,
  type IMFiguresRspInit,
  type IMInternalHello,
  type IMInternalHelloRsp,
  type IMInternalHelloRspInit,
  type IMSessionListReq,
  type IMSessionListRspInit,
  ProtocolError,
} from "../../../proto/mod.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import {
  FEATURE_FIGURES,
  FEATURE_SESSIONS,
  ROLE_HTTP_MSG_SERVER,
  ROLE_ROUTE_SERVER,
} from "../../../shared/management/features.ts";
import type { RouteFigures } from "../../../shared/management/figures.ts";
import { checkHello } from "../../../shared/management/hello.ts";
import {
  ATTACH_TYPE_HANDLE_AND_PDU,
  buildFrame,
  decodeAttach,
  encodePduAttach,
  seqNumOf,
} from "../../../shared/pdu/mod.ts";
import { MAX_IDS } from "../../../shared/storage/management_limits.ts";
import type { RouteCaller } from "../context.ts";

/** Most users of one answer. */
export const MAX_SESSION_USERS = 1000;

const SERVER_NAME = "route_server";
const NO_ATTACH_DATA = new Uint8Array(0);

/** CID_INTERNAL_HELLO: http_msg_server is there; from now on msg_servers are asked who they are. */
export function hello(
  { from }: Call<RouteCaller>,
  request: IMInternalHello,
): IMInternalHelloRspInit {
  checkHello(request);
  if (request.role === ROLE_HTTP_MSG_SERVER) {
    from.isObserver = true;
    from.context.links.askNames();
  }
  return {
    role: ROLE_ROUTE_SERVER,
    server_name: SERVER_NAME,
    feature_list: [FEATURE_SESSIONS, FEATURE_FIGURES],
  };
}

/** CID_INTERNAL_HELLO_RSP: a msg_server says who it is. */
export function helloAnswered({ from }: Call<RouteCaller>, answer: IMInternalHelloRsp): null {
  checkHello(answer);
  from.name = answer.server_name;
  from.features = new Set(answer.feature_list);
  return null;
}

/**
 * CID_INTERNAL_SESSION_LIST_REQ, answered by CID_INTERNAL_SESSION_LIST_RSP: who is where.
 * @throws {ProtocolError} when too many are asked for; there is no answer then
 */
export function sessionList(
  { from }: Call<RouteCaller>,
  request: IMSessionListReq,
): IMSessionListRspInit {
  const { presence } = from.context;
  const { after_user_id: after, user_id_list: wanted, limit } = request;
  if (limit < 1 || limit > MAX_SESSION_USERS || wanted.length > MAX_IDS) {
    throw new ProtocolError(`Cannot list sessions: ${limit} of ${wanted.length} users`);
  }
  const online = wanted.length === 0
    ? [...presence.userIds()]
    : [...new Set(wanted)].filter((userId) => presence.has(userId));
  const page = online.filter((userId) => userId > after)
    .sort((a, b) => a - b)
    .slice(0, limit);
  return {
    user_cnt: online.length,
    terminal_list: page.flatMap((userId) =>
      presence.terminalsOf(userId).map(({ owner, clientType, count }) => ({
        user_id: userId,
        client_type: clientType,
        server_name: owner.name ?? "",
        count,
      }))
    ),
    attach_data: request.attach_data ?? NO_ATTACH_DATA,
  };
}

/**
 * CID_INTERNAL_FIGURES_REQ, answered by CID_INTERNAL_FIGURES_RSP: what is known here. A question for
 * a msg_server goes on to it, with the asking link in attach_data; when it is gone, or speaks no
 * figures, there is no answer.
 */
export function figures(
  call: Call<RouteCaller>,
  request: IMFiguresReq,
): IMFiguresRspInit | null {
  const { from, frame } = call;
  const { links, presence } = from.context;
  const attach = request.attach_data ?? NO_ATTACH_DATA;
  if (request.link_id !== undefined) {
    const asked = links.get(request.link_id);
    if (!asked?.features.has(FEATURE_FIGURES)) return null;
    const attach_data = encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU, from.link.id, attach);
    const question = IMFiguresReq.encode({ attach_data });
    asked.link.send(buildFrame(CID_INTERNAL_FIGURES_REQ, seqNumOf(frame), question));
    return null;
  }
  const known: RouteFigures = {
    users: presence.userCount,
    terminals: Object.fromEntries(presence.terminalCounts()),
    msgServers: [...links].filter((caller) => !caller.isObserver)
      .map(({ link, name }) => ({ linkId: link.id, name })),
  };
  return { figures: JSON.stringify(known), attach_data: attach };
}

/** CID_INTERNAL_FIGURES_RSP of a msg_server: back to the link that asked. */
export function figuresAnswered(call: Call<RouteCaller>, answer: IMFiguresRsp): null {
  const attach = decodeAttach(answer.attach_data ?? NO_ATTACH_DATA);
  const asking = attach === null ? undefined : call.from.context.links.get(attach.handle);
  if (attach === null || asking === undefined) return null;
  const body = IMFiguresRsp.encode({ figures: answer.figures, attach_data: attach.pdu });
  asking.link.send(buildFrame(CID_INTERNAL_FIGURES_RSP, call.seqNum, body));
  return null;
}
