/**
 * The network of an all-in-one suite: every listener is open on TCP and in memory at once, and a
 * connect to an address of this process stays in memory. Clients, and servers of other processes,
 * come over TCP as always, or over TLS. `maxLinks` counts for each of the two ways.
 */
import { MemoryNetwork } from "./memory_network.ts";
import { LinkIds } from "./link_ids.ts";
import { TcpNetwork, type TcpNetworkOptions } from "./tcp_network.ts";
import type { Clock } from "../clock.ts";
import type {
  Address,
  ConnectOptions,
  HttpHandler,
  HttpOptions,
  Link,
  LinkHandler,
  Listener,
  ListenOptions,
  LookupHandler,
  Network,
} from "./types.ts";

export class SuiteNetwork implements Network {
  readonly #tcp: TcpNetwork;
  readonly #memory: MemoryNetwork;

  constructor(clock: Clock, options: Omit<TcpNetworkOptions, "ids"> = {}) {
    const ids = new LinkIds();
    this.#tcp = new TcpNetwork(clock, { ...options, ids });
    this.#memory = new MemoryNetwork(clock, ids);
  }

  async listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    const tcp = await this.#tcp.listen(address, options, accept);
    // A port can be bound once per host address; the second one is open on TCP only.
    if (this.#memory.hasPort(tcp.address.port)) return tcp;
    const memory = await this.#memory.listen(tcp.address, options, accept);
    return {
      address: tcp.address,
      stop: async () => {
        await memory.stop();
        await tcp.stop();
      },
    };
  }

  connect(address: Address, options: ConnectOptions, handler: LinkHandler): Link {
    const network = this.#memory.hasListener(address) ? this.#memory : this.#tcp;
    return network.connect(address, options, handler);
  }

  serveHttp(address: Address, handler: HttpHandler, options?: HttpOptions): Promise<Listener> {
    return this.#tcp.serveHttp(address, handler, options);
  }

  serveLookups(address: Address, handler: LookupHandler, options: HttpOptions): Promise<Listener> {
    return this.#tcp.serveLookups(address, handler, options);
  }
}
