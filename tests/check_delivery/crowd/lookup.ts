/** How terminals find a msg_server: they ask login_server, and take the proxy in front if there is one. */
import { lookupOverTcp, type MsgServer } from "../../../shared/client/mod.ts";
import type { LookupRefusal } from "../../../shared/client/errors.ts";
import type { Network } from "../../../shared/netlib/mod.ts";
import type { Result } from "../../../shared/result.ts";
import type { Cluster } from "../cluster/cluster.ts";

const TIMEOUT_MS = 2000;

export interface FoundServer {
  /** `msg1`; empty when there is none. */
  readonly name: string;
  readonly answer: Result<MsgServer, LookupRefusal>;
}

export async function findMsgServer(
  cluster: Cluster,
  network: Network,
  signal?: AbortSignal,
): Promise<FoundServer> {
  const address = { host: "127.0.0.1", port: cluster.lookupPort };
  const answer = await lookupOverTcp(network, address, {
    timeoutMs: TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!answer.ok) return { name: "", answer };
  const { name, port } = cluster.msgServerAt(answer.value.port);
  return { name, answer: { ok: true, value: { ...answer.value, port } } };
}
