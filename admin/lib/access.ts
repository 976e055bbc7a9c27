/** Role checks of the admin itself; http_msg_server checks every call again. */
import { HttpError } from "fresh";
import { mayAct, type Me } from "./api.ts";

/** Whether the configuration lets this administrator read messages of users. */
export function mayReadMessages({ role, message_history }: Me): boolean {
  return message_history !== "off" && mayAct(role, message_history);
}

interface SignedIn {
  readonly me: Me;
}

/** @throws {HttpError} 403 for those who may only look */
export function requireManager({ me }: SignedIn): void {
  if (!mayAct(me.role, "manager")) throw new HttpError(403, "forbidden");
}

/** @throws {HttpError} 403 for everybody but owners */
export function requireOwner({ me }: SignedIn): void {
  if (!mayAct(me.role, "owner")) throw new HttpError(403, "forbidden");
}
