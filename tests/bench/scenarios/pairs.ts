/** Users in pairs: the one with the odd id sends to the one with the even id. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import type { BenchClient } from "../generator/bench_client.ts";
import type { Sender } from "../generator/sender.ts";
import type { Traffic } from "../generator/traffic.ts";
import type { Stage } from "../stage.ts";

export const PAIRS = 200;

export interface Pair {
  readonly from: BenchClient;
  readonly to: BenchClient;
  readonly sender: Sender;
}

export async function logInPairs(stage: Stage, traffic: Traffic): Promise<readonly Pair[]> {
  const clients = await stage.logIn({ first: 1, last: 2 * PAIRS, clientType: CLIENT_TYPE_ANDROID });
  clients.forEach((client) => traffic.watch(client));
  return Array.from({ length: PAIRS }, (_, pair) => {
    const [from, to] = [clients[2 * pair]!, clients[2 * pair + 1]!];
    const sender = traffic.addSender(from, { sessionId: to.userId, kind: "single" }, [to]);
    return { from, to, sender };
  });
}
