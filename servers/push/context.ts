/** What the handlers of this role work with, and who calls them. */
import type { Caller } from "../../shared/dispatch/mod.ts";
import type { Link } from "../../shared/netlib/mod.ts";
import type { PushDesk } from "./push_desk.ts";

/** The link of a msg_server. */
export interface PushCaller extends Caller {
  readonly link: Link;
  readonly desk: PushDesk;
}

export function msgServerCaller(link: Link, desk: PushDesk): PushCaller {
  return { auth: "peer", link, desk, reply: (frame) => link.send(frame) };
}
