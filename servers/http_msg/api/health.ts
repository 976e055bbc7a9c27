/** What is known of the state of each server of the suite and of its engines, and from whom. */
import { z } from "zod";
import type { Clock } from "../../../shared/clock.ts";
import type { EngineState } from "../../../shared/storage/management.ts";
import { withinMs } from "../../../shared/within.ts";
import type { ProxyState } from "../links/backend_client.ts";
import type { LinkState } from "../links/server_links.ts";
import type { MsgServerSample } from "../state/sampler.ts";
import type { ApiServices } from "./call.ts";

/** How long msfs may take to answer, in milliseconds. */
const MSFS_LIMIT_MS = 2000;

/** What is said of a server, for programs; its sentence is what people without one read. */
export const HEALTH_CODES = [
  "answers",
  "answers_in",
  "no_answer",
  "unreachable",
  "tells_nothing",
  "links",
  "connections",
  "linked_by",
] as const;

export const server = z.strictObject({
  role: z.string().describe("A server, or the engine sqlite, mysql or redis"),
  address: z.string().nullable().describe("null where it is not known"),
  state: z.enum(["up", "down", "unknown"]),
  code: z.enum(HEALTH_CODES).describe("What the detail says"),
  values: z.record(z.string(), z.number()).describe("The numbers in the detail"),
  detail: z.string().describe("The same for people, in English"),
  version: z.string().nullable().describe("Of an engine"),
});

type ServerState = z.output<typeof server>;
type Facts = Pick<ServerState, "role" | "address" | "state">;

export async function healthOf(services: ApiServices): Promise<ServerState[]> {
  const { config, clock } = services;
  const [sample, msfs, proxies] = await Promise.all([
    services.sampler.sample(),
    config.api.msfsSite === null ? [] : msfsState(config.api.msfsSite, clock),
    services.proxies.get(),
  ]);
  const msgServers = sample?.msgServers ?? [];
  const loginLinks = linkStates("login_server", services.loginServers.states);
  return [
    answers({ role: "http_msg_server", address: null, state: "up" }),
    ...linkStates("db_proxy_server", services.db.states),
    ...engineStates(proxies),
    ...linkStates("route_server", services.routes.states),
    ...msgServers.map(msgServerState),
    ...loginLinks,
    ...behindMsgServers(msgServers, loginLinks.length > 0 ? ["login_server"] : []),
    ...msfs,
  ];
}

function said(
  facts: Facts,
  code: ServerState["code"],
  { values = {}, detail, version = null }: {
    readonly values?: Readonly<Record<string, number>>;
    readonly detail: string;
    readonly version?: string | null;
  },
): ServerState {
  return { ...facts, code, values, detail, version };
}

function answers(facts: Facts): ServerState {
  return said(facts, "answers", { detail: "answers" });
}

/** One entry per address, however many links lead there. */
function linkStates(role: string, links: readonly LinkState[]): ServerState[] {
  return [...Map.groupBy(links, ({ address }) => address)].map(([address, some]) => {
    const open = some.filter(({ isOpen }) => isOpen).length;
    const facts: Facts = { role, address, state: open > 0 ? "up" : "down" };
    const values = { open, all: some.length };
    return said(facts, "links", { values, detail: `${open} of ${some.length} links are open` });
  });
}

/**
 * One entry per engine and address, however many pools of however many db_proxy_servers lead there:
 * up when all of them got an answer, with the slowest one.
 */
function engineStates(proxies: readonly ProxyState[]): ServerState[] {
  const engines = proxies.flatMap((proxy) => proxy.engines);
  return [...Map.groupBy(engines, ({ kind, address }) => `${kind} ${address}`).values()]
    .map(engineState);
}

function engineState(pools: readonly EngineState[]): ServerState {
  const { kind: role, address, version } = pools[0]!;
  if (pools.some(({ state }) => state === "down")) {
    return said({ role, address, state: "down" }, "no_answer", { detail: "does not answer" });
  }
  const ms = roundMs(Math.max(...pools.map(({ answerMs }) => answerMs ?? 0)));
  const facts: Facts = { role, address, state: "up" };
  return said(facts, "answers_in", { values: { ms }, detail: `answers in ${ms} ms`, version });
}

/** Milliseconds as people read them: two digits behind the point. */
export function roundMs(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function msgServerState({ name, figures }: MsgServerSample): ServerState {
  const role = "msg_server";
  if (name === null) {
    const facts: Facts = { role, address: null, state: "unknown" };
    return said(facts, "tells_nothing", { detail: "linked; tells nothing of itself" });
  }
  if (figures === null) {
    const facts: Facts = { role, address: name, state: "down" };
    return said(facts, "no_answer", { detail: "linked, but did not answer" });
  }
  const { connections } = figures;
  const detail = `${connections} connections`;
  const facts: Facts = { role, address: name, state: "up" };
  return said(facts, "connections", { values: { connections }, detail });
}

/** Servers that only msg_servers connect to: up when each of those that answered has a link. */
function behindMsgServers(
  msgServers: readonly MsgServerSample[],
  knownElse: readonly string[],
): ServerState[] {
  const answered = msgServers.flatMap(({ figures }) => figures === null ? [] : [figures]);
  const roles = new Set(answered.flatMap(({ links }) => Object.keys(links)));
  for (const known of ["db_proxy_server", "route_server", ...knownElse]) roles.delete(known);
  return [...roles].map((role) => {
    const linked = answered.filter(({ links }) => links[role] === true).length;
    const all = answered.length;
    const facts: Facts = { role, address: null, state: linked === all ? "up" : "down" };
    const detail = `${linked} of ${all} msg_servers have a link`;
    return said(facts, "linked_by", { values: { linked, all }, detail });
  });
}

/** Any answer says that it is there. */
async function msfsState(site: string, clock: Clock): Promise<ServerState[]> {
  const controller = new AbortController();
  const probe = async (): Promise<void> => {
    const answer = await fetch(site, { method: "HEAD", signal: controller.signal });
    await answer.body?.cancel();
  };
  const known = { role: "msfs", address: site } as const;
  const down: Facts = { ...known, state: "down" };
  try {
    if (await withinMs(clock, MSFS_LIMIT_MS, probe())) return [answers({ ...known, state: "up" })];
    controller.abort();
    return [said(down, "no_answer", { detail: "did not answer in time" })];
  } catch {
    return [said(down, "unreachable", { detail: "cannot be reached" })];
  }
}
