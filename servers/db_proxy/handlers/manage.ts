/** The gate of the management API: hello, and one command for all operations (docs/internal.md). */
import {
  type IMInternalHello,
  type IMInternalHelloRspInit,
  type IMManageReq,
  type IMManageRspInit,
} from "../../../proto/mod.ts";
import { FEATURE_MANAGE, ROLE_DB_PROXY_SERVER } from "../../../shared/management/features.ts";
import { checkHello } from "../../../shared/management/hello.ts";
import {
  MANAGE_DONE,
  MANAGE_FAILED,
  MANAGE_NOT_UNDERSTOOD,
  MANAGE_REFUSED,
} from "../../../shared/management/operations.ts";
import type { DbServices, TaskCall } from "../services.ts";
import { NO_ATTACH } from "./answers.ts";
import { isOperationName, manageOperations } from "./manage_operations.ts";

const SERVER_NAME = "db_proxy_server";

/** CID_INTERNAL_HELLO, answered by CID_INTERNAL_HELLO_RSP. */
export function hello(_call: TaskCall, request: IMInternalHello): IMInternalHelloRspInit {
  checkHello(request);
  return {
    role: ROLE_DB_PROXY_SERVER,
    server_name: SERVER_NAME,
    feature_list: [FEATURE_MANAGE],
  };
}

/**
 * CID_INTERNAL_MANAGE_REQ, answered by CID_INTERNAL_MANAGE_RSP. Nothing runs but an operation of the
 * table with a request that is one of its own.
 */
export async function manage(call: TaskCall, request: IMManageReq): Promise<IMManageRspInit> {
  const { operation } = request;
  if (!isOperationName(operation)) return manageResult(request, MANAGE_NOT_UNDERSTOOD);
  // Only now: a worker that nobody administers through saves the 28 MB that schemas take.
  const { checkManageRequest } = await import("./manage_requests.ts");
  const checked = checkManageRequest(operation, request.request);
  if (!checked.ok) {
    call.from.services.log.warn("management request refused", { operation, ...checked.refusal });
    return manageResult(request, MANAGE_REFUSED, JSON.stringify(checked.refusal));
  }
  // The table ties each name to its types; which name it is, is known only now.
  const run = manageOperations[operation] as (
    services: DbServices,
    request: unknown,
  ) => Promise<unknown>;
  const answer = await run(call.from.services, checked.request);
  return manageResult(request, MANAGE_DONE, JSON.stringify(answer));
}

/** The answer when storage failed. */
export function manageFailed(request: IMManageReq): IMManageRspInit {
  return manageResult(request, MANAGE_FAILED);
}

function manageResult(request: IMManageReq, code: number, answer = ""): IMManageRspInit {
  return { result_code: code, answer, attach_data: request.attach_data ?? NO_ATTACH };
}
