/** A server that the test plays itself and that the msg_server under test connects to. */
import assert from "node:assert/strict";
import { CID_OTHER_HEARTBEAT } from "../../../proto/mod.ts";
import {
  type Address,
  type Link,
  type Listener,
  type Network,
  SERVER_LINK_LIMITS,
} from "../../../shared/netlib/mod.ts";
import { commandIdOf, describeFrame } from "../../../shared/pdu/mod.ts";
import { withDeadline } from "../../support/scripted_link.ts";

const ANY_PORT: Address = { host: "127.0.0.1", port: 0 };
const MAX_LINKS = 10;

export class Neighbour implements AsyncDisposable {
  readonly #name: string;
  readonly #links = new Set<Link>();
  /** The link on which the last frame that was taken came: where answers go. */
  #lastLink: Link | null = null;
  #inbox: { readonly link: Link; readonly frame: Uint8Array }[] = [];
  #listener: Listener | null = null;
  #arrived: () => void = () => {};
  #allGone: () => void = () => {};

  private constructor(name: string) {
    this.#name = name;
  }

  static async listen(name: string, network: Network): Promise<Neighbour> {
    const neighbour = new Neighbour(name);
    const limits = { ...SERVER_LINK_LIMITS, maxLinks: MAX_LINKS };
    neighbour.#listener = await network.listen(ANY_PORT, limits, (link) => {
      neighbour.#links.add(link);
      return {
        frame: (_link, frame) => neighbour.#receive(link, frame),
        closed() {
          neighbour.#links.delete(link);
          if (neighbour.#links.size === 0) neighbour.#allGone();
        },
      };
    });
    return neighbour;
  }

  get address(): Address {
    return this.#listener!.address;
  }

  /** The next frame from the msg_server; heartbeats are skipped. */
  async next(): Promise<Uint8Array> {
    if (this.#inbox.length === 0) {
      await withDeadline(`a frame to ${this.#name}`, (resolve) => this.#arrived = resolve);
    }
    const { link, frame } = this.#inbox.shift()!;
    this.#lastLink = link;
    return frame;
  }

  /** The next frame has to be this command. */
  async take(commandId: number): Promise<Uint8Array> {
    const frame = await this.next();
    assert.equal(commandIdOf(frame), commandId, `to ${this.#name}: ${describeFrame(frame)}`);
    return frame;
  }

  send(frame: Uint8Array): void {
    assert.ok(this.#lastLink, `${this.#name} was not asked anything`);
    this.#lastLink.send(frame);
  }

  /** Nothing has come that was not taken. */
  expectNothing(): void {
    const rest = this.#inbox.map(({ frame }) => describeFrame(frame));
    assert.deepEqual(rest, [], `not recorded, to ${this.#name}`);
  }

  /** Waits for the msg_server to go first, so that nothing of its links is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#links.size > 0) {
      await withDeadline(`the end of links to ${this.#name}`, (gone) => this.#allGone = gone);
    }
    await this.#listener!.stop();
  }

  #receive(link: Link, frame: Uint8Array): void {
    if (commandIdOf(frame) === CID_OTHER_HEARTBEAT) return;
    this.#inbox.push({ link, frame });
    this.#arrived();
  }
}
