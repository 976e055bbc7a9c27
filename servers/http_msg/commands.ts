/** Every command http_msg_server takes, one table per sender: answers to what it asked. */
import {
  CID_GROUP_CHANGE_MEMBER_RESPONSE,
  CID_GROUP_CREATE_RESPONSE,
  CID_INTERNAL_FIGURES_RSP,
  CID_INTERNAL_HELLO_RSP,
  CID_INTERNAL_MANAGE_RSP,
  CID_INTERNAL_SESSION_LIST_RSP,
  CID_OTHER_HEARTBEAT,
} from "../../proto/mod.ts";
import { type Call, type Command, relayCommand } from "../../shared/dispatch/mod.ts";
import type { PeerCaller } from "./context.ts";

/** Hands an answer to whoever asked; {@link PeerCaller.links} knows the question by its number. */
function answerArrived({ from, frame }: Call<PeerCaller>): void {
  from.links.answered(from.peer, frame);
}

/** CID_INTERNAL_HELLO_RSP: the peer speaks more than the original's protocol. */
function helloArrived({ from, frame }: Call<PeerCaller>): void {
  from.links.helloAnswered(from.peer, frame);
}

/** CID_OTHER_HEARTBEAT; that it came is all it says. */
function ignoreHeartbeat(_call: Call<PeerCaller>): void {}

const fromEverybody: readonly Command<PeerCaller>[] = [
  relayCommand({ id: CID_OTHER_HEARTBEAT, auth: "peer", handle: ignoreHeartbeat }),
  relayCommand({ id: CID_INTERNAL_HELLO_RSP, auth: "peer", handle: helloArrived }),
];

function answers(ids: readonly number[]): Command<PeerCaller>[] {
  return ids.map((id) => relayCommand({ id, auth: "peer", handle: answerArrived }));
}

export const dbCommands: readonly Command<PeerCaller>[] = [
  ...fromEverybody,
  ...answers([
    CID_GROUP_CREATE_RESPONSE,
    CID_GROUP_CHANGE_MEMBER_RESPONSE,
    CID_INTERNAL_MANAGE_RSP,
  ]),
];

export const loginCommands: readonly Command<PeerCaller>[] = [
  ...fromEverybody,
  ...answers([CID_INTERNAL_FIGURES_RSP]),
];

/** What route_server relays to everybody, http_msg_server included, is for msg_servers: dropped. */
export const routeCommands: readonly Command<PeerCaller>[] = [
  ...fromEverybody,
  ...answers([CID_INTERNAL_SESSION_LIST_RSP, CID_INTERNAL_FIGURES_RSP]),
];
