/** What the dashboard shows while it is open, small enough to be sent every other second. */
import type { Api, Health, Statistics } from "./api.ts";
import { isTextKey, type Translate } from "./i18n/mod.ts";
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
  readonly latency: LatencyFigures;
  /** Whether no server is down. */
  readonly isOk: boolean;
  readonly servers: readonly ServerLine[];
}

/** In milliseconds, of the slowest server; `null`: not known. */
export interface LatencyFigures {
  /** Messages that were stored in the last minute. */
  readonly stored: number;
  /** How long half of them took at most, and 99 of 100. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** There and back. */
  readonly database: number | null;
  readonly route: number | null;
}

/** A server or an engine, in the reader's language. */
export interface ServerLine {
  readonly name: string;
  readonly note: string;
  readonly state: Health["servers"][number]["state"];
  readonly stateText: string;
}

export async function readFigures(
  api: Api,
  t: Translate,
): Promise<{ readonly statistics: Statistics; readonly figures: Figures }> {
  const [statistics, health] = await Promise.all([
    api.call("GET /statistics"),
    api.call("GET /health"),
  ]);
  return { statistics, figures: figuresOf(statistics, { health, t }) };
}

function figuresOf(
  { at, online, rates, latency, msg_servers }: Statistics,
  { health, t }: { readonly health: Health; readonly t: Translate },
): Figures {
  return {
    at,
    users: online?.users ?? null,
    terminals: Object.entries(online?.terminals ?? {})
      .map(([client, count]) => ({ client: clientName(client), count })),
    messages: rates?.messages_per_second ?? null,
    deliveries: rates?.deliveries_per_second ?? null,
    connections: msg_servers.reduce((sum, { connections = 0 }) => sum + connections, 0),
    latency: latencyOf(latency),
    isOk: health.status === "ok",
    servers: health.servers.map((server) => serverLine(server, t)),
  };
}

function latencyOf({ db_proxy_servers, route_server }: Statistics["latency"]): LatencyFigures {
  const stored = db_proxy_servers.flatMap((one) => one.stored ?? []);
  return {
    stored: stored.reduce((sum, { messages }) => sum + messages, 0),
    p50: largest(stored.map(({ p50_ms }) => p50_ms)),
    p99: largest(stored.map(({ p99_ms }) => p99_ms)),
    database: largest(db_proxy_servers.map(({ round_trip_ms }) => round_trip_ms)),
    route: route_server?.round_trip_ms ?? null,
  };
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

function serverLine(server: Health["servers"][number], t: Translate): ServerLine {
  const { role, address, state, code, values, detail, version } = server;
  const name = `engine.${role}`;
  const said = `health.${code}`;
  return {
    name: [isTextKey(name) ? t(name) : role, version].filter((one) => one).join(" "),
    // An API of a later release may say what these texts do not have yet.
    note: [address, isTextKey(said) ? t(said, values) : detail].filter((one) => one).join(" · "),
    state,
    stateText: t(`dashboard.state_${state}`),
  };
}
