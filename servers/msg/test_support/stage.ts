/** Time and network for tests of links, and servers on their other end that only listen and say. */
import { CLIENT_TYPE_WINDOWS, type ClientType } from "../../../proto/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { collectingLogger } from "../../../shared/log/mod.ts";
import {
  type Address,
  type Link,
  Liveness,
  MemoryNetwork,
  type PeerDeps,
  SERVER_LINK_LIMITS,
} from "../../../shared/netlib/mod.ts";
import { turns } from "../../../shared/netlib/test_support/recorder.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import { ClientConn } from "../state/client_conn.ts";
import type { UserTable } from "../state/user_table.ts";

/** Turns of the event loop in which memory links hand over whatever is under way. */
const SETTLE_TURNS = 6;
const HEARTBEAT = 0x0701;

export class Stage implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly log = collectingLogger();
  readonly liveness = new Liveness(this.clock);
  readonly peerDeps: PeerDeps = {
    network: this.network,
    clock: this.clock,
    random: seededRandom(1),
    liveness: this.liveness,
  };
  readonly #links: { stop(): Promise<void> }[] = [];
  readonly #neighbours: Neighbour[] = [];

  /** A server that msg_server connects to. */
  async neighbour(address: Address = { host: "127.0.0.1", port: 0 }): Promise<Neighbour> {
    const neighbour = new Neighbour();
    await neighbour.listen(this.network, address);
    this.#neighbours.push(neighbour);
    return neighbour;
  }

  /** Has `links` stopped at the end of the test. */
  use<T extends { stop(): Promise<void> }>(links: T): T {
    this.#links.push(links);
    return links;
  }

  settle(): Promise<void> {
    return turns(SETTLE_TURNS);
  }

  /** Lets so many seconds pass, with the neighbours alive all the time. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.clock.advance(1000);
      await this.settle();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const links of this.#links) await links.stop();
    for (const neighbour of this.#neighbours) await neighbour.close();
    this.liveness.stop();
    await this.settle();
  }
}

export class Neighbour {
  /** Frames from msg_server but heartbeats, in the order they came. */
  readonly inbox: { readonly link: Link; readonly frame: Uint8Array }[] = [];
  /** Open links, oldest first. */
  readonly links: Link[] = [];
  address: Address = { host: "", port: 0 };
  #stop: () => Promise<void> = () => Promise.resolve();

  async listen(network: MemoryNetwork, address: Address): Promise<void> {
    const options = { ...SERVER_LINK_LIMITS, maxLinks: 100 };
    const listener = await network.listen(address, options, (link) => {
      this.links.push(link);
      return {
        frame: (_link, frame) => {
          if (commandIdOf(frame) !== HEARTBEAT) this.inbox.push({ link, frame });
        },
        closed: () => void this.links.splice(this.links.indexOf(link), 1),
      };
    });
    this.address = listener.address;
    this.#stop = () => listener.stop();
  }

  /** Takes what came: a text per frame, made by `describe`. */
  take(describe: (frame: Uint8Array) => string): string[] {
    return this.inbox.splice(0).map(({ frame }) => describe(frame));
  }

  /** Closes all links; msg_server may come back. */
  drop(): void {
    for (const link of [...this.links]) link.close("dropped by the test");
  }

  /** Closes all links; msg_server finds nobody when it comes back. */
  async close(): Promise<void> {
    await this.#stop();
    this.drop();
  }
}

/** A logged-in connection as far as links and tables look at it. */
export function onlineConn(
  users: UserTable,
  id: number,
  clientType: ClientType = CLIENT_TYPE_WINDOWS,
): ClientConn {
  const conn: ClientConn = Object.assign(Object.create(ClientConn.prototype), {
    clientType,
    onlineStatus: 2,
    state: "online",
    user: null,
  });
  conn.user = users.add(conn, { id, nick: `nick${id}` });
  return conn;
}
