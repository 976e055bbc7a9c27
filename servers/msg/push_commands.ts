/** Every command msg_server takes from push_servers. */
import * as proto from "../../proto/mod.ts";
import { type Command, relayCommand } from "../../shared/dispatch/mod.ts";
import * as push from "./handlers/push.ts";
import * as session from "./handlers/session.ts";
import type { PeerCaller } from "./services.ts";

/** Results of pushes, and echoes of our heartbeats. */
export const pushCommands: readonly Command<PeerCaller>[] = [
  relayCommand({
    id: proto.CID_OTHER_HEARTBEAT,
    auth: "peer",
    handle: session.ignoreHeartbeat,
  }),
  relayCommand({
    id: proto.CID_OTHER_PUSH_TO_USER_RSP,
    auth: "peer",
    handle: push.pushDone,
  }),
];
