/** A network that remembers the most that ever waited in one of its links. */
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

export class MeteredNetwork implements Network {
  /** The most output that waited for the other side of a link, in bytes. */
  mostBacklogBytes = 0;
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  connect(address: Address, limits: LinkLimits, handler: LinkHandler): Link {
    return this.#metered(this.#network.connect(address, limits, handler));
  }

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    return this.#network.listen(address, options, (link) => accept(this.#metered(link)));
  }

  serveHttp(address: Address, handler: HttpHandler): Promise<Listener> {
    return this.#network.serveHttp(address, handler);
  }

  serveLookups(address: Address, handler: LookupHandler, options: HttpOptions): Promise<Listener> {
    return this.#network.serveLookups(address, handler, options);
  }

  /** More can wait only right after something was sent. */
  #metered(link: Link): Link {
    const send = link.send.bind(link);
    link.send = (frame) => {
      send(frame);
      this.mostBacklogBytes = Math.max(this.mostBacklogBytes, link.backlogBytes);
    };
    return link;
  }
}
