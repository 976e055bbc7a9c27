/** The gate of the management API: hello, and one command for all operations (docs/internal.md). */
import {
  type IMInternalHello,
  type IMInternalHelloRspInit,
  type IMManageReq,
  type IMManageRspInit,
} from "../../../proto/mod.ts";
import { FEATURE_MANAGE, ROLE_DB_PROXY_SERVER } from "../../../shared/management/features.ts";
import {
  MANAGE_DONE,
  MANAGE_FAILED,
  MANAGE_NOT_UNDERSTOOD,
} from "../../../shared/management/operations.ts";
import type { DbServices, TaskCall } from "../services.ts";
import { NO_ATTACH } from "./answers.ts";
import { isOperationName, manageOperations } from "./manage_operations.ts";

const SERVER_NAME = "db_proxy_server";

/** CID_INTERNAL_HELLO, answered by CID_INTERNAL_HELLO_RSP. */
export function hello(_call: TaskCall, _request: IMInternalHello): IMInternalHelloRspInit {
  return {
    role: ROLE_DB_PROXY_SERVER,
    server_name: SERVER_NAME,
    feature_list: [FEATURE_MANAGE],
  };
}

/** CID_INTERNAL_MANAGE_REQ, answered by CID_INTERNAL_MANAGE_RSP. */
export async function manage(call: TaskCall, request: IMManageReq): Promise<IMManageRspInit> {
  const { operation } = request;
  const parsed = parseJson(request.request);
  if (!isOperationName(operation) || parsed === undefined) {
    return manageResult(request, MANAGE_NOT_UNDERSTOOD);
  }
  // The table ties each name to its types; which name it is, is known only now.
  const run = manageOperations[operation] as (
    services: DbServices,
    request: unknown,
  ) => Promise<unknown>;
  const answer = await run(call.from.services, parsed);
  return manageResult(request, MANAGE_DONE, JSON.stringify(answer));
}

/** The answer when storage failed. */
export function manageFailed(request: IMManageReq): IMManageRspInit {
  return manageResult(request, MANAGE_FAILED);
}

function manageResult(request: IMManageReq, code: number, answer = ""): IMManageRspInit {
  return { result_code: code, answer, attach_data: request.attach_data ?? NO_ATTACH };
}

/** `undefined` for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
