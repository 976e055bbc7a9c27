/** Users in pairs: the one with the odd id sends to the one with the even id. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import type { Sender } from "../generator/sender.ts";
import type { Stage } from "../stage.ts";
import type { Traffic } from "../generator/traffic.ts";

export const PAIRS = 200;

export async function logInPairs(stage: Stage, traffic: Traffic): Promise<readonly Sender[]> {
  const clients = await stage.logIn({ first: 1, last: 2 * PAIRS, clientType: CLIENT_TYPE_ANDROID });
  clients.forEach((client) => traffic.watch(client));
  return Array.from({ length: PAIRS }, (_, pair) => {
    const [from, to] = [clients[2 * pair]!, clients[2 * pair + 1]!];
    return traffic.addSender(from, { sessionId: to.userId, kind: "single" }, [to]);
  });
}
