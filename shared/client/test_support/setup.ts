import { CLIENT_TYPE_WINDOWS } from "../../../proto/mod.ts";
import { ManualClock } from "../../clock.ts";
import { MemoryNetwork } from "../../netlib/mod.ts";
import { seededRandom } from "../../random.ts";
import { type Client, connectClient } from "../client.ts";
import type { ConnectOptions } from "../options.ts";
import { ScriptedServer } from "./scripted_server.ts";

export interface Setup extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly network: MemoryNetwork;
  readonly server: ScriptedServer;
  /** Options that log "ann" in at the server. */
  options(more?: Partial<ConnectOptions>): ConnectOptions;
  /** Logs "ann" in; the client is closed with the setup. */
  login(more?: Partial<ConnectOptions>): Promise<Client>;
}

/** A scripted server in memory, on a clock that stands still. */
export async function setUp(): Promise<Setup> {
  const clock = new ManualClock();
  const network = new MemoryNetwork(clock);
  const server = await ScriptedServer.start(network);
  const clients: Client[] = [];
  const options = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
    network,
    clock,
    random: seededRandom(1),
    server: server.address,
    userName: "ann",
    password: "secret",
    clientType: CLIENT_TYPE_WINDOWS,
    ...more,
  } as ConnectOptions);
  return {
    clock,
    network,
    server,
    options,
    async login(more) {
      const client = await connectClient(options(more));
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
