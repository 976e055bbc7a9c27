/** What the handlers of this role work with, and who calls them. */
import type { Clock } from "../../shared/clock.ts";
import type { Caller } from "../../shared/dispatch/mod.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Link } from "../../shared/netlib/mod.ts";
import type { LoginConfig } from "./config.ts";
import type { MsgServerTable } from "./state/msg_server_table.ts";

export interface LoginContext {
  readonly config: LoginConfig;
  readonly table: MsgServerTable;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface LoginCaller extends Caller {
  readonly link: Link;
  readonly context: LoginContext;
}

/** A client asks one question: the link is closed behind the answer (docs/spec/wire.md 3). */
export function clientCaller(link: Link, context: LoginContext): LoginCaller {
  return {
    auth: "none",
    link,
    context,
    reply(frame) {
      link.send(frame);
      link.close("answered");
    },
  };
}

export function msgServerCaller(link: Link, context: LoginContext): LoginCaller {
  return { auth: "peer", link, context, reply: (frame) => link.send(frame) };
}
