/** A network whose connections a test can cut, as when a cable is pulled out. */
import type {
  Address,
  HttpHandler,
  HttpOptions,
  Link,
  LinkHandler,
  LinkLimits,
  Listener,
  ListenOptions,
  LookupHandler,
  Network,
} from "../../shared/netlib/mod.ts";

export class CuttableNetwork implements Network {
  readonly #network: Network;
  readonly #links: Link[] = [];

  constructor(network: Network) {
    this.#network = network;
  }

  /** Cuts all connections that were made from here. */
  cut(): void {
    for (const link of this.#links) link.abort("cut by the test");
  }

  connect(address: Address, limits: LinkLimits, handler: LinkHandler): Link {
    const link = this.#network.connect(address, limits, handler);
    this.#links.push(link);
    return link;
  }

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    return this.#network.listen(address, options, accept);
  }

  serveHttp(address: Address, handler: HttpHandler): Promise<Listener> {
    return this.#network.serveHttp(address, handler);
  }

  serveLookups(address: Address, handler: LookupHandler, options: HttpOptions): Promise<Listener> {
    return this.#network.serveLookups(address, handler, options);
  }
}
