/** A server that a test plays itself and that the role under test connects to. */
import assert from "node:assert/strict";
import { CID_OTHER_HEARTBEAT } from "../../proto/mod.ts";
import {
  type Address,
  type Link,
  type Network,
  SERVER_LINK_LIMITS,
} from "../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf, describeFrame, seqNumOf } from "../../shared/pdu/mod.ts";
import { withDeadline } from "./scripted_link.ts";

const MAX_LINKS = 100;

/** A frame that came, and the link to answer it on. */
export interface Received<Message> {
  readonly message: Message;
  readonly frame: Uint8Array;
  readonly link: Link;
  /** Answers with the sequence number of the request. */
  answer(commandId: number, body: Uint8Array): void;
}

export class ScriptedServer implements AsyncDisposable {
  readonly address: Address;
  readonly #name: string;
  readonly #inbox: { readonly link: Link; readonly frame: Uint8Array }[];
  readonly #links: Link[];
  readonly #stop: () => Promise<void>;
  readonly #changes: { notify: () => void };

  private constructor(
    name: string,
    parts: {
      readonly address: Address;
      readonly inbox: { readonly link: Link; readonly frame: Uint8Array }[];
      readonly links: Link[];
      readonly stop: () => Promise<void>;
      readonly changes: { notify: () => void };
    },
  ) {
    this.#name = name;
    this.address = parts.address;
    this.#inbox = parts.inbox;
    this.#links = parts.links;
    this.#stop = parts.stop;
    this.#changes = parts.changes;
  }

  static async listen(
    name: string,
    network: Network,
    address: Address = { host: "127.0.0.1", port: 0 },
  ): Promise<ScriptedServer> {
    const inbox: { link: Link; frame: Uint8Array }[] = [];
    const links: Link[] = [];
    const changes = { notify: () => {} };
    const options = { ...SERVER_LINK_LIMITS, maxLinks: MAX_LINKS };
    const listener = await network.listen(address, options, (link) => {
      links.push(link);
      changes.notify();
      return {
        frame(_link, frame) {
          if (commandIdOf(frame) === CID_OTHER_HEARTBEAT) return;
          inbox.push({ link, frame });
          changes.notify();
        },
        closed() {
          links.splice(links.indexOf(link), 1);
          changes.notify();
        },
      };
    });
    const stop = () => listener.stop();
    return new ScriptedServer(name, { address: listener.address, inbox, links, stop, changes });
  }

  /** Open links, oldest first. */
  get links(): readonly Link[] {
    return this.#links;
  }

  /** The next frame, which has to be this command, decoded. Heartbeats are skipped. */
  async expect<Message>(
    commandId: number,
    codec: { decode(body: Uint8Array): Message },
  ): Promise<Received<Message>> {
    while (this.#inbox.length === 0) await this.#change("a frame");
    const { link, frame } = this.#inbox.shift()!;
    assert.equal(commandIdOf(frame), commandId, `${this.#name} got ${describeFrame(frame)}`);
    return {
      message: codec.decode(bodyOf(frame)),
      frame,
      link,
      answer: (id, body) => link.send(buildFrame(id, seqNumOf(frame), body)),
    };
  }

  /** Sends a frame over every open link. */
  send(commandId: number, body: Uint8Array): void {
    for (const link of this.#links) link.send(buildFrame(commandId, 0, body));
  }

  /** Waits until so many links are open. */
  async untilLinks(count: number): Promise<void> {
    while (this.#links.length !== count) await this.#change(`${count} links`);
  }

  /** Closes all links; the other side may connect again. */
  async drop(): Promise<void> {
    for (const link of [...this.#links]) link.close("dropped by the test");
    await this.untilLinks(0);
  }

  /** Closes all links, and nobody can connect any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.drop();
  }

  #change(awaited: string): Promise<void> {
    return withDeadline(`${awaited} at ${this.#name}`, (resolve) => this.#changes.notify = resolve);
  }
}
