/** What a msg_server says about its link. */
import type { Call } from "../../../shared/dispatch/mod.ts";
import type { PushCaller } from "../context.ts";

/** CID_OTHER_HEARTBEAT goes back as the bytes that came (docs/spec/pitfalls.md Q-HB). */
export function heartBeat({ from, frame }: Call<PushCaller>): void {
  from.link.send(frame);
}
