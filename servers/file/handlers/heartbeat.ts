import type { Call, Caller } from "../../../shared/dispatch/mod.ts";

/** CID_OTHER_HEARTBEAT goes back as the bytes that came, to clients and msg_servers (Q-HB). */
export function echoHeartbeat({ from, frame }: Call<Caller>): void {
  from.reply(frame);
}
