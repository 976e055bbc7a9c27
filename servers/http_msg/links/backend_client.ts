/**
 * What servers say of themselves when all of one kind are asked (docs/internal.md): db_proxy_servers
 * how storage is, login_servers what clients are told.
 */
import {
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_MANAGE_REQ,
  IMFiguresReq,
  IMFiguresRsp,
  IMManageReq,
  IMManageRsp,
} from "../../../proto/mod.ts";
import { FEATURE_FIGURES, FEATURE_MANAGE } from "../../../shared/management/features.ts";
import type { LoginFigures } from "../../../shared/management/figures.ts";
import {
  MANAGE_DONE,
  type OperationName,
  type StorageState,
} from "../../../shared/management/operations.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { ENGINE_LIMIT_MS } from "../../../shared/storage/management.ts";
import type { ServerLinks } from "./server_links.ts";

/** db_proxy waits for its engines before it answers, in milliseconds. */
const STATE_LIMIT_MS = ENGINE_LIMIT_MS + 1000;
/** login_server answers from memory, in milliseconds. */
const LOGIN_LIMIT_MS = 2000;

const STORAGE_STATE: OperationName = "storage.state";

export interface ProxyState extends StorageState {
  readonly address: string;
  /** There and back, without what db_proxy did meanwhile, in milliseconds. */
  readonly roundTripMs: number;
}

/** Of each db_proxy_server that is linked, answers in time and knows the question. */
export async function proxyStates(db: ServerLinks): Promise<readonly ProxyState[]> {
  const answers = await db.askEach(FEATURE_MANAGE, (attach_data) =>
    buildFrame(
      CID_INTERNAL_MANAGE_REQ,
      0,
      IMManageReq.encode({ operation: STORAGE_STATE, request: "null", attach_data }),
    ), STATE_LIMIT_MS);
  return answers.flatMap(({ address, answer }) => {
    if (answer === null) return [];
    const { result_code, answer: json } = IMManageRsp.decode(bodyOf(answer.frame));
    if (result_code !== MANAGE_DONE) return [];
    const state: StorageState = JSON.parse(json);
    return [{ ...state, address, roundTripMs: Math.max(0, answer.tookMs - state.tookMs) }];
  });
}

/** By address; of each login_server that is linked, is not an original one and answers in time. */
export async function loginFigures(
  loginServers: ServerLinks,
): Promise<ReadonlyMap<string, LoginFigures>> {
  const answers = await loginServers.askEach(FEATURE_FIGURES, (attach_data) =>
    buildFrame(
      CID_INTERNAL_FIGURES_REQ,
      0,
      IMFiguresReq.encode({ attach_data }),
    ), LOGIN_LIMIT_MS);
  return new Map(answers.flatMap(({ address, answer }) => {
    if (answer === null) return [];
    return [[address, JSON.parse(IMFiguresRsp.decode(bodyOf(answer.frame)).figures)]];
  }));
}
