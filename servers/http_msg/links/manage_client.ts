/** Operations of the management API at db_proxy (docs/internal.md 2), as functions with types. */
import { CID_INTERNAL_MANAGE_REQ, IMManageReq, IMManageRsp } from "../../../proto/mod.ts";
import { FEATURE_MANAGE } from "../../../shared/management/features.ts";
import {
  type AnswerOf,
  MANAGE_DONE,
  MANAGE_FAILED,
  MANAGE_REFUSED,
  type OperationName,
  type RequestOf,
} from "../../../shared/management/operations.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { ApiError, type ApiErrorCode } from "../http/errors.ts";
import { AskError, type AskRefusal } from "./pending_answers.ts";
import type { ServerLinks } from "./server_links.ts";

/** How long an operation may take, in milliseconds; an import of many users takes some seconds. */
const OPERATION_LIMIT_MS = 30_000;

const CODES: Readonly<Record<AskRefusal, ApiErrorCode>> = {
  no_link: "storage_unavailable",
  not_spoken: "storage_not_capable",
  no_answer: "storage_unavailable",
  lost: "storage_unavailable",
  busy: "busy",
};

export class ManageClient {
  readonly #db: ServerLinks;

  constructor(db: ServerLinks) {
    this.#db = db;
  }

  /** @throws {ApiError} when db_proxy cannot be asked, or its storage failed */
  async run<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
  ): Promise<AnswerOf<Name>> {
    const answer = IMManageRsp.decode(bodyOf(await this.#ask(name, JSON.stringify(request))));
    if (answer.result_code === MANAGE_DONE) return JSON.parse(answer.answer);
    if (answer.result_code === MANAGE_FAILED) throw new ApiError("storage_failed");
    // What people send was checked here: a db_proxy that refuses it is of another release.
    throw new ApiError("storage_not_capable", {
      ...(answer.result_code === MANAGE_REFUSED && {
        message: `The db_proxy_server refuses ${name}: ${answer.answer}`,
      }),
    });
  }

  async #ask(operation: OperationName, request: string): Promise<Uint8Array> {
    try {
      return await this.#db.ask(
        FEATURE_MANAGE,
        (attach_data) =>
          buildFrame(
            CID_INTERNAL_MANAGE_REQ,
            0,
            IMManageReq.encode({ operation, request, attach_data }),
          ),
        OPERATION_LIMIT_MS,
      );
    } catch (error) {
      throw error instanceof AskError ? new ApiError(CODES[error.refusal]) : error;
    }
  }
}
