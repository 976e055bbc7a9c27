/** What is known of the state of each server of the suite, and from whom. */
import { z } from "zod";
import type { Clock } from "../../../shared/clock.ts";
import { withinMs } from "../../../shared/within.ts";
import type { LinkState } from "../links/server_links.ts";
import type { MsgServerSample } from "../state/sampler.ts";
import type { ApiServices } from "./call.ts";

/** How long msfs may take to answer, in milliseconds. */
const MSFS_LIMIT_MS = 2000;

export const server = z.strictObject({
  role: z.string(),
  address: z.string().nullable().describe("null where it is not known"),
  state: z.enum(["up", "down", "unknown"]),
  detail: z.string(),
});

type ServerState = z.output<typeof server>;

export async function healthOf(services: ApiServices): Promise<ServerState[]> {
  const { config, clock } = services;
  const [sample, msfs] = await Promise.all([
    services.sampler.sample(),
    config.api.msfsSite === null ? [] : msfsState(config.api.msfsSite, clock),
  ]);
  const msgServers = sample?.msgServers ?? [];
  return [
    { role: "http_msg_server", address: null, state: "up", detail: "answers" },
    ...linkStates("db_proxy_server", services.db.states),
    ...linkStates("route_server", services.routes.states),
    ...msgServers.map(msgServerState),
    ...behindMsgServers(msgServers),
    ...msfs,
  ];
}

/** One entry per address, however many links lead there. */
function linkStates(role: string, links: readonly LinkState[]): ServerState[] {
  return [...Map.groupBy(links, ({ address }) => address)].map(([address, some]) => {
    const open = some.filter(({ isOpen }) => isOpen).length;
    return {
      role,
      address,
      state: open > 0 ? "up" : "down",
      detail: `${open} of ${some.length} links are open`,
    };
  });
}

function msgServerState({ name, figures }: MsgServerSample): ServerState {
  const role = "msg_server";
  if (name === null) {
    return { role, address: null, state: "unknown", detail: "linked; tells nothing of itself" };
  }
  return figures === null
    ? { role, address: name, state: "down", detail: "linked, but did not answer" }
    : { role, address: name, state: "up", detail: `${figures.connections} connections` };
}

/** Servers that only msg_servers connect to: up when each of those that answered has a link. */
function behindMsgServers(msgServers: readonly MsgServerSample[]): ServerState[] {
  const answered = msgServers.flatMap(({ figures }) => figures === null ? [] : [figures]);
  const roles = new Set(answered.flatMap(({ links }) => Object.keys(links)));
  for (const known of ["db_proxy_server", "route_server"]) roles.delete(known);
  return [...roles].map((role) => {
    const linked = answered.filter(({ links }) => links[role] === true).length;
    return {
      role,
      address: null,
      state: linked === answered.length ? "up" : "down",
      detail: `${linked} of ${answered.length} msg_servers have a link`,
    };
  });
}

/** Any answer says that it is there. */
async function msfsState(site: string, clock: Clock): Promise<ServerState[]> {
  const controller = new AbortController();
  const probe = async (): Promise<void> => {
    const answer = await fetch(site, { method: "HEAD", signal: controller.signal });
    await answer.body?.cancel();
  };
  const role = "msfs";
  try {
    if (await withinMs(clock, MSFS_LIMIT_MS, probe())) {
      return [{ role, address: site, state: "up", detail: "answers" }];
    }
    controller.abort();
    return [{ role, address: site, state: "down", detail: "did not answer in time" }];
  } catch {
    return [{ role, address: site, state: "down", detail: "cannot be reached" }];
  }
}
