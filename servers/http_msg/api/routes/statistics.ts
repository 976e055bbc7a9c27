/** How much is going on, and whether every server is there. */
import { z } from "zod";
import type { TerminalCounts } from "../../../../shared/management/figures.ts";
import type { ProxyState } from "../../links/backend_client.ts";
import type { MsgServerSample, Sample } from "../../state/sampler.ts";
import { count } from "../fields.ts";
import { healthOf, roundMs, server } from "../health.ts";
import { type Route, route } from "../route.ts";
import { clientName } from "./sessions.ts";

const TAG = "Statistics and health";

const terminalCounts = z.record(z.string(), count).describe("By client type");

const msgServer = z.strictObject({
  name: z.string().nullable().describe("null for an original server, which tells nothing"),
  uptime_seconds: count,
  connections: count,
  terminals: terminalCounts,
  max_logins: count,
  messages: count.describe("Stored since its start"),
  deliveries: count.describe("Copies sent to terminals since its start"),
  storage_backlog_bytes: count.describe("Output to db_proxy that waits"),
}).partial().required({ name: true });

const latency = z.strictObject({
  db_proxy_servers: z.array(z.strictObject({
    address: z.string(),
    round_trip_ms: z.number().describe("From http_msg_server there and back, without its work"),
    stored: z.strictObject({
      messages: count,
      p50_ms: z.number(),
      p99_ms: z.number(),
    }).nullable().describe(
      "Of the last minute: from when db_proxy takes up a message until it is committed, rounded " +
        "up by a fifth at most; null without a message",
    ),
  })).describe("Those that tell; original ones do not"),
  route_server: z.strictObject({ round_trip_ms: z.number() }).nullable(),
});

const statistics = z.strictObject({
  at: z.int(),
  online: z.strictObject({ users: count, terminals: terminalCounts }).nullable()
    .describe("null while no route_server of this project answers"),
  rates: z.strictObject({
    seconds: z.number().describe("Over which the rates are"),
    messages_per_second: z.number(),
    deliveries_per_second: z.number(),
  }).nullable().describe("null for the first question, and after five minutes without one"),
  latency,
  msg_servers: z.array(msgServer),
  storage: z.strictObject({
    engine: z.enum(["sqlite", "mysql"]),
    users: count,
    departments: count,
    groups: count,
    messages: count.describe("Ever stored; with MySQL an estimate of what is stored"),
    bytes: count,
  }),
});

export const statisticsRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/statistics",
    tag: TAG,
    summary: "Figures of now",
    description: "Asked of the servers at most once a second, of storage once in five.",
    access: "read_only",
    answer: statistics,
    run: async ({ services, now }) => {
      const [sample, storage, proxies] = await Promise.all([
        services.sampler.sample(),
        services.figures.get(),
        services.proxies.get(),
      ]);
      return {
        at: now,
        online: sample === null ? null : {
          users: sample.route.users,
          terminals: named(sample.route.terminals),
        },
        rates: ratesView(sample),
        latency: latencyView(sample, proxies),
        msg_servers: (sample?.msgServers ?? []).map(msgServerView),
        storage,
      };
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/health",
    tag: TAG,
    summary: "State of every server",
    access: "read_only",
    answer: z.strictObject({
      status: z.enum(["ok", "degraded"]).describe("ok when no server is down"),
      servers: z.array(server),
    }),
    run: async ({ services }) => {
      const servers = await healthOf(services);
      const isDown = servers.some(({ state }) => state === "down");
      return { status: isDown ? "degraded" as const : "ok" as const, servers };
    },
  }),
];

function latencyView(
  sample: Sample | null,
  proxies: readonly ProxyState[],
): z.output<typeof latency> {
  return {
    db_proxy_servers: proxies.map(({ address, roundTripMs, stored }) => ({
      address,
      round_trip_ms: roundMs(roundTripMs),
      stored: stored && {
        messages: stored.count,
        p50_ms: roundMs(stored.p50Ms),
        p99_ms: roundMs(stored.p99Ms),
      },
    })),
    route_server: sample && { round_trip_ms: roundMs(sample.routeMs) },
  };
}

function ratesView(sample: Sample | null): z.output<typeof statistics>["rates"] {
  if (sample === null || sample.rates === null) return null;
  const { seconds, messagesPerSecond, deliveriesPerSecond } = sample.rates;
  return {
    seconds,
    messages_per_second: messagesPerSecond,
    deliveries_per_second: deliveriesPerSecond,
  };
}

function msgServerView({ name, figures }: MsgServerSample): z.output<typeof msgServer> {
  if (figures === null) return { name };
  return {
    name,
    uptime_seconds: figures.uptimeSec,
    connections: figures.connections,
    terminals: named(figures.terminals),
    max_logins: figures.maxLogins,
    messages: figures.messages,
    deliveries: figures.deliveries,
    storage_backlog_bytes: figures.dbBacklogBytes,
  };
}

function named(counts: TerminalCounts): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([type, number]) => [clientName(Number(type)), number]),
  );
}
