/** What login_servers tell clients (docs/spec/roles.md 3). */
import { z } from "zod";
import type { LoginFigures } from "../../../../shared/management/figures.ts";
import { loginFigures } from "../../links/backend_client.ts";
import type { LinkState } from "../../links/server_links.ts";
import { count } from "../fields.ts";
import { type Route, route } from "../route.ts";

const loginServer = z.strictObject({
  address: z.string().describe("Where msg_servers register"),
  state: z.enum(["up", "down", "unknown"]).describe("unknown for an original one, which tells not"),
  told: z.strictObject({
    msg_servers: z.array(z.strictObject({
      addresses: z.array(z.string()).describe("With the port; clients try them in this order"),
      host_name: z.string(),
      online: count.describe("Logins that it has"),
      max_online: count.describe("With so many no client is sent there any more"),
    })).describe("Clients are sent to the one with the fewest logins"),
    msfs: z.string().describe("Where clients upload pictures"),
    discovery: z.string().describe("Where clients find the discovery list"),
  }).nullable(),
});

export const clientAddressRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/client_addresses",
    tag: "Discovery list",
    summary: "The addresses that login_server hands out to clients",
    description: "Of each login_server in httpmsgserver.conf.",
    access: "read_only",
    answer: z.strictObject({ login_servers: z.array(loginServer) }),
    run: async ({ services }) => {
      const figures = await loginFigures(services.loginServers);
      return {
        login_servers: services.loginServers.states.map((link) =>
          loginServerView(link, figures.get(link.address) ?? null)
        ),
      };
    },
  }),
];

function loginServerView(
  { address, isOpen }: LinkState,
  figures: LoginFigures | null,
): z.output<typeof loginServer> {
  if (figures === null) return { address, state: isOpen ? "unknown" : "down", told: null };
  const { msgServers, msfs, discovery } = figures;
  return {
    address,
    state: "up",
    told: {
      msg_servers: msgServers.map(({ ip1, ip2, port, hostName, online, maxOnline }) => ({
        addresses: [...new Set([ip1, ip2])].map((ip) => `${ip}:${port}`),
        host_name: hostName,
        online,
        max_online: maxOnline,
      })),
      msfs,
      discovery,
    },
  };
}
