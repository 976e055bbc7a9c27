/** A network in memory that knows how many links are open and what their handlers threw. */
import { ProtocolError } from "../../../proto/mod.ts";
import type { Clock } from "../../../shared/clock.ts";
import {
  type Address,
  type HttpHandler,
  type HttpOptions,
  type Link,
  type LinkHandler,
  type LinkLimits,
  type Listener,
  type ListenOptions,
  type LookupHandler,
  MemoryNetwork,
  type Network,
} from "../../../shared/netlib/mod.ts";
import { FramingError } from "../../../shared/pdu/mod.ts";

export class GuardNetwork implements Network {
  readonly #network: MemoryNetwork;
  /** What no input may cause, in the words of the errors. */
  readonly thrown: string[] = [];
  #openEnds = 0;

  constructor(clock: Clock) {
    this.#network = new MemoryNetwork(clock);
  }

  /** Ends of links that are open: two of each link. */
  get openEnds(): number {
    return this.#openEnds;
  }

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    return this.#network.listen(address, options, (link) => {
      const handler = this.#guard(() => accept(link));
      return this.#watched(handler);
    });
  }

  connect(address: Address, limits: LinkLimits, handler: LinkHandler): Link {
    return this.#network.connect(address, limits, this.#watched(handler));
  }

  serveHttp(address: Address, handler: HttpHandler): Promise<Listener> {
    return this.#network.serveHttp(address, handler);
  }

  serveLookups(
    address: Address,
    handler: LookupHandler,
    options: HttpOptions,
  ): Promise<Listener> {
    return this.#network.serveLookups(address, handler, options);
  }

  #watched(handler: LinkHandler): LinkHandler {
    this.#openEnds++;
    return {
      opened: (link) => this.#guard(() => handler.opened?.(link)),
      frame: (link, frame) => this.#guard(() => handler.frame(link, frame)),
      closed: (link, reason) => {
        this.#openEnds--;
        this.#guard(() => handler.closed(link, reason));
      },
    };
  }

  #guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      const isMeant = error instanceof ProtocolError || error instanceof FramingError;
      if (!isMeant) this.thrown.push(error instanceof Error ? `${error.stack}` : String(error));
      throw error;
    }
  }
}
