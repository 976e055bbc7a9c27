/**
 * The network of links between servers. It is given to the listeners for servers and to peers in the
 * place of the plain one, and does what the configuration asks for before a role hears of a link: TLS,
 * and the proof of the shared secret. So no role has to think of it, and none can forget to.
 */
import type { Clock } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import {
  type Address,
  bareAddress,
  type ConnectOptions,
  type Link,
  type LinkHandler,
  type Listener,
  type ListenOptions,
  type Network,
  Newcomers,
} from "../netlib/mod.ts";
import type { Random } from "../random.ts";
import { AcceptedLink } from "./accepted_link.ts";
import { AddressList } from "./address_list.ts";
import { ConnectedLink } from "./connected_link.ts";
import type { LinkSecurity } from "./security.ts";

/** Links that are not proven yet, at a time; for a further one the oldest is closed. */
const MAX_UNPROVEN = 256;

export interface LinkNetworkOptions {
  /** Our letter (docs/spec/wire.md 5). */
  readonly role: string;
  /** Letters of the servers that connect to us. */
  readonly admits?: readonly string[];
  readonly security: LinkSecurity;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export function linkNetwork(options: LinkNetworkOptions): Network {
  const { secret, tls } = options.security;
  return secret === null && tls === null ? new OpenNetwork(options) : new LinkNetwork(options);
}

const LOOPBACK: Readonly<AddressList> = new AddressList(["127.0.0.0/8", "::1", "localhost"]);

function warnOfStrangers({ security, log }: LinkNetworkOptions, address: Address): void {
  if (security.secret !== null || security.tls?.caFile || LOOPBACK.has(address.host)) return;
  log.warn("every machine that reaches this port is taken for a server: set LinkSecret", {
    ...address,
  });
}

/** As the original has it: nothing is asked, and a frame passes nothing on its way. */
class OpenNetwork implements Network {
  readonly #options: LinkNetworkOptions;
  readonly connect: Network["connect"];
  readonly serveHttp: Network["serveHttp"];
  readonly serveLookups: Network["serveLookups"];

  constructor(options: LinkNetworkOptions) {
    this.#options = options;
    this.connect = options.network.connect.bind(options.network);
    this.serveHttp = options.network.serveHttp.bind(options.network);
    this.serveLookups = options.network.serveLookups.bind(options.network);
  }

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    warnOfStrangers(this.#options, address);
    return this.#options.network.listen(address, options, accept);
  }
}

class LinkNetwork implements Network {
  readonly #options: LinkNetworkOptions;
  readonly #plainPeers: AddressList;
  readonly serveHttp: Network["serveHttp"];
  readonly serveLookups: Network["serveLookups"];

  constructor(options: LinkNetworkOptions) {
    this.#options = options;
    this.#plainPeers = new AddressList(options.security.plainPeers);
    this.serveHttp = options.network.serveHttp.bind(options.network);
    this.serveLookups = options.network.serveLookups.bind(options.network);
  }

  async listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    const { network, security } = this.#options;
    warnOfStrangers(this.#options, address);
    const secured = { ...options, tls: this.#listenTls() };
    if (security.secret === null) return await network.listen(address, secured, accept);
    const unproven = new Set<Link>();
    const guarded = this.#guard(security.secret.reveal(), { accept, unproven });
    const listener = await network.listen(address, secured, guarded);
    return {
      address: listener.address,
      stop: async () => {
        await listener.stop();
        // The role does not know of them, and must not hear of them any more.
        for (const link of unproven) link.abort("server stops");
      },
    };
  }

  connect(address: Address, options: ConnectOptions, handler: LinkHandler): Link {
    const { network, security, log } = this.#options;
    if (this.#plainPeers.has(address.host)) return network.connect(address, options, handler);
    const { tls, secret } = security;
    const proven = secret === null
      ? handler
      : new ConnectedLink({ ...this.#options, secret: secret.reveal(), handler });
    let isOpen = false;
    return network.connect(address, { ...options, tls: tls ?? undefined }, {
      opened: (link) => {
        isOpen = true;
        proven.opened?.(link);
      },
      frame: (link, frame) => proven.frame(link, frame),
      closed: (link, reason) => {
        // What TLS objects to would be hard to find otherwise.
        if (!isOpen) log.info("server link did not open", { peer: link.remote, reason });
        proven.closed(link, reason);
      },
    });
  }

  #listenTls(): ListenOptions["tls"] {
    const { tls } = this.#options.security;
    if (tls === null || tls.certFile === null || tls.keyFile === null) return undefined;
    return {
      certFile: tls.certFile,
      keyFile: tls.keyFile,
      clientCaFile: tls.caFile,
      isPlain: (address) => this.#plainPeers.has(address),
    };
  }

  /** Has every link proven before `accept` hears of it; meanwhile it is among the `unproven`. */
  #guard(
    secret: string,
    { accept, unproven }: {
      readonly accept: (link: Link) => LinkHandler;
      readonly unproven: Set<Link>;
    },
  ): (link: Link) => LinkHandler {
    const { role, admits = [], clock, random, log } = this.#options;
    const newcomers = new Newcomers({ max: MAX_UNPROVEN, maxPerAddress: null });
    return (link) => {
      if (link.transport === "memory") return accept(link);
      const address = bareAddress(link.remote);
      const leave = newcomers.enter(address, (reason) => link.abort(reason));
      unproven.add(link);
      return new AcceptedLink(link, {
        ...{ role, admits, clock, random, log, secret, accept },
        mayBePlain: this.#plainPeers.has(address),
        settled() {
          leave();
          unproven.delete(link);
        },
      });
    };
  }
}
