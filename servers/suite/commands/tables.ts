/** The command tables of all roles side by side, and what they leave out on purpose. */
import * as proto from "../../../proto/mod.ts";
import type { CommandFacts } from "../../../shared/dispatch/mod.ts";
import * as dbProxy from "../../db_proxy/commands.ts";
import * as file from "../../file/commands.ts";
import * as httpMsg from "../../http_msg/commands.ts";
import * as login from "../../login/commands.ts";
import * as msg from "../../msg/commands.ts";
import * as push from "../../push/commands.ts";
import * as route from "../../route/commands.ts";

/** One of the roles of this release, by its letter in docs/spec/wire.md 5. */
export interface RoleTable {
  readonly letter: "L" | "M" | "R" | "D" | "F" | "H" | "P";
  readonly name: string;
  readonly sections: readonly {
    /** Who sends these commands. */
    readonly from: string;
    readonly commands: readonly CommandFacts[];
  }[];
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly ids: readonly number[];
  readonly reason: string;
}

const PROOF_REASON = "taken by shared/links/, before the role hears of the link";
const acceptedProofs: LeftOut = {
  ids: [proto.CID_INTERNAL_LINK_HELLO, proto.CID_INTERNAL_LINK_PROOF],
  reason: PROOF_REASON,
};
const connectedProofs: LeftOut = {
  ids: [proto.CID_INTERNAL_LINK_CHALLENGE],
  reason: PROOF_REASON,
};

export const roleTables: readonly RoleTable[] = [
  {
    letter: "L",
    name: "login_server",
    sections: [
      { from: "clients", commands: login.clientCommands },
      { from: "msg_server and http_msg_server", commands: login.msgServerCommands },
    ],
    leftOut: [acceptedProofs],
  },
  {
    letter: "M",
    name: "msg_server",
    sections: [
      { from: "clients", commands: msg.clientCommands },
      { from: "db_proxy_server", commands: msg.dbCommands },
      { from: "route_server", commands: msg.routeCommands },
      { from: "file_server", commands: msg.fileCommands },
      { from: "push_server", commands: msg.pushCommands },
    ],
    leftOut: [
      {
        ids: [proto.CID_OTHER_STOP_RECV_PACKET],
        reason: "taken by links/db_links.ts, which then stops choosing that link",
      },
      connectedProofs,
    ],
  },
  {
    letter: "R",
    name: "route_server",
    sections: [{ from: "msg_server and http_msg_server", commands: route.commands }],
    leftOut: [acceptedProofs],
  },
  {
    letter: "D",
    name: "db_proxy_server",
    sections: [
      {
        from: "msg_server and http_msg_server",
        commands: dbProxy.commands,
      },
    ],
    leftOut: [
      {
        ids: [proto.CID_OTHER_HEARTBEAT],
        reason: "taken by server.ts: that it came is all it says",
      },
      acceptedProofs,
    ],
  },
  {
    letter: "F",
    name: "file_server",
    sections: [
      { from: "clients", commands: file.clientCommands },
      { from: "msg_server", commands: file.msgServerCommands },
    ],
    leftOut: [acceptedProofs],
  },
  {
    letter: "H",
    name: "http_msg_server",
    sections: [
      { from: "db_proxy_server", commands: httpMsg.dbCommands },
      { from: "route_server", commands: httpMsg.routeCommands },
      { from: "login_server", commands: httpMsg.loginCommands },
    ],
    leftOut: [
      {
        ids: [proto.CID_OTHER_STOP_RECV_PACKET],
        reason: "taken by links/server_links.ts, which then stops choosing that link",
      },
      connectedProofs,
    ],
  },
  {
    letter: "P",
    name: "push_server",
    sections: [{ from: "msg_server", commands: push.commands }],
    leftOut: [acceptedProofs],
  },
];

/** Ids a role receives on any link, read from the directions of proto/*.proto ("C→M→D, H→D"). */
export function receivedBy(letter: string): readonly number[] {
  const ids: number[] = [];
  for (const { id, hops } of proto.COMMANDS.values()) {
    if (receivers(hops).has(letter)) ids.push(id);
  }
  return ids.sort((a, b) => a - b);
}

function receivers(hops: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of hops.split(",").map((text) => text.trim())) {
    const both = path.split("↔");
    if (both.length > 1) both.forEach((letter) => found.add(letter));
    else path.split("→").slice(1).forEach((letter) => found.add(letter));
  }
  return found;
}
