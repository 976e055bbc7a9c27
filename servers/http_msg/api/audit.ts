/**
 * The audit log: who did what to what, when and from where. The entry is written before the call
 * runs, so that nothing changes without a trace, and completed with its outcome afterwards.
 */
import { MAX_AUDIT_DETAIL_CHARS } from "../../../shared/management/fields.ts";
import type { AuditStart } from "../../../shared/storage/management.ts";
import { ApiError } from "../http/errors.ts";
import type { ApiCall } from "./call.ts";
import type { Input, Route } from "./route.ts";

const SECRET_FIELDS = /password/i;
const DONE = "done";

export interface AuditedWork {
  readonly action: string;
  readonly target: string;
  /** Plain data; fields that are named like passwords are left out. */
  readonly detail: object;
}

/** Runs the route's handler, with an entry in the audit log when the route asks for one. */
export async function runAudited(
  route: Route,
  call: ApiCall,
  input: Input<unknown, unknown, unknown>,
): Promise<unknown> {
  const { audit } = route;
  if (audit === null || audit.when?.(input) === false) return await route.run(call, input);
  const { query, body } = input;
  const what = {
    action: audit.action,
    target: audit.target?.(input) ?? "",
    detail: { ...query as object, ...(typeof body === "object" ? body : {}) },
  };
  return await audited(call, what, () => route.run(call, input), audit.made);
}

/** @throws what `work` throws, and {@link ApiError} when the entry cannot be written */
export async function audited<T>(
  call: ApiCall,
  { action, target, detail }: AuditedWork,
  work: () => Promise<T>,
  made: (answer: T) => string | null = () => null,
): Promise<T> {
  const { manage, log } = call.services;
  const start = { at: call.now, remote: call.remote, action, target, detail: detailText(detail) };
  const id = await manage.run("audit.begin", { ...actorOf(call), ...start });
  const finish = async (outcome: string, madeTarget: string | null): Promise<void> => {
    try {
      await manage.run("audit.finish", { id, outcome, target: madeTarget });
    } catch (error) {
      // What was asked is done or refused all the same; the entry says that it was begun.
      log.error("audit entry not completed", { id, outcome, error });
    }
  };
  try {
    const answer = await work();
    await finish(DONE, made(answer));
    return answer;
  } catch (error) {
    await finish(error instanceof ApiError ? error.code : "internal_error", null);
    throw error;
  }
}

function actorOf({ who }: ApiCall): Pick<AuditStart, "actorKind" | "actorId" | "actorName"> {
  if (who === null) return { actorKind: "", actorId: 0, actorName: "" };
  return who.kind === "key"
    ? { actorKind: "key", actorId: who.id, actorName: who.name }
    : { actorKind: "admin", actorId: who.adminId, actorName: who.name };
}

function detailText(detail: object): string {
  const text = JSON.stringify(
    detail,
    (key, value) => SECRET_FIELDS.test(key) ? "[secret]" : value,
  );
  if (text.length <= MAX_AUDIT_DETAIL_CHARS) return text;
  return JSON.stringify({ cut: text.slice(0, MAX_AUDIT_DETAIL_CHARS / 2).toWellFormed() });
}
