/** What the dashboard shows of the statistics, small enough to be sent every other second. */
import type { Api, Statistics } from "./api.ts";
import { clientName } from "./presence.ts";

export interface Figures {
  /** Unix seconds. */
  readonly at: number;
  /** `null`: not known. */
  readonly users: number | null;
  readonly terminals: readonly { readonly client: string; readonly count: number }[];
  readonly messages: number | null;
  readonly deliveries: number | null;
  readonly connections: number;
}

export async function readStatistics(
  api: Api,
): Promise<{ readonly statistics: Statistics; readonly figures: Figures }> {
  const statistics = await api.call("GET /statistics");
  return { statistics, figures: figuresOf(statistics) };
}

function figuresOf({ at, online, rates, msg_servers }: Statistics): Figures {
  return {
    at,
    users: online?.users ?? null,
    terminals: Object.entries(online?.terminals ?? {})
      .map(([client, count]) => ({ client: clientName(client), count })),
    messages: rates?.messages_per_second ?? null,
    deliveries: rates?.deliveries_per_second ?? null,
    connections: msg_servers.reduce((sum, { connections = 0 }) => sum + connections, 0),
  };
}
