/** A server that the roles connect to and that sends them whatever it is told to. */
import {
  CID_OTHER_HEARTBEAT,
  CID_OTHER_VALIDATE_REQ,
  CID_OTHER_VALIDATE_RSP,
  IMValidateReq,
  ProtocolError,
} from "../../../proto/mod.ts";
import {
  type Address,
  type Link,
  type Network,
  SERVER_LINK_LIMITS,
} from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../../shared/pdu/mod.ts";
import { acceptance } from "../../support/msg_fixture.ts";

const MAX_LINKS = 100;
/** What was asked and may still be answered; older questions are forgotten. */
const MAX_ASKED = 16;
const NOTHING = new Uint8Array(0);

interface Asked {
  readonly link: Link;
  readonly frame: Uint8Array;
}

export class HostileServer {
  readonly address: Address;
  readonly #links: Set<Link>;
  readonly #asked: Asked[];
  readonly #stop: () => Promise<void>;

  private constructor(parts: {
    readonly address: Address;
    readonly links: Set<Link>;
    readonly asked: Asked[];
    readonly stop: () => Promise<void>;
  }) {
    this.address = parts.address;
    this.#links = parts.links;
    this.#asked = parts.asked;
    this.#stop = parts.stop;
  }

  /** `friends` are let in when they log in here, by name with their user id; all else is not answered. */
  static async listen(
    network: Network,
    friends: ReadonlyMap<string, number>,
  ): Promise<HostileServer> {
    const links = new Set<Link>();
    const asked: Asked[] = [];
    const options = { ...SERVER_LINK_LIMITS, maxLinks: MAX_LINKS };
    const place = { host: "127.0.0.1", port: 0 };
    const listener = await network.listen(place, options, (link) => {
      links.add(link);
      return {
        frame(_link, frame) {
          if (commandIdOf(frame) === CID_OTHER_HEARTBEAT) return;
          if (letIn(link, frame, friends)) return;
          asked.push({ link, frame });
          if (asked.length > MAX_ASKED) asked.shift();
        },
        closed: () => void links.delete(link),
      };
    });
    return new HostileServer({
      address: listener.address,
      links,
      asked,
      stop: () => listener.stop(),
    });
  }

  /** To everybody who is connected. */
  send(frame: Uint8Array): void {
    for (const link of this.#links) link.send(frame);
  }

  /** To who asked last, as the answer to that. */
  answer(frame: Uint8Array): void {
    const last = this.#asked.pop();
    if (last === undefined) return this.send(frame);
    const attach = attachIn(last.frame);
    const body = new Uint8Array([...bodyOf(frame), ...attach]);
    last.link.send(buildFrame(commandIdOf(frame), seqNumOf(last.frame), body));
  }

  /** Shows that it is there. */
  beat(): void {
    this.send(buildFrame(CID_OTHER_HEARTBEAT, 0, NOTHING));
  }

  /** Closes all links; the roles connect again. */
  drop(): void {
    for (const link of this.#links) link.close("dropped");
    this.#asked.length = 0;
  }

  /** Nobody can connect any more, and who is connected is not. */
  async stop(): Promise<void> {
    await this.#stop();
    this.drop();
  }
}

function letIn(link: Link, frame: Uint8Array, friends: ReadonlyMap<string, number>): boolean {
  if (commandIdOf(frame) !== CID_OTHER_VALIDATE_REQ) return false;
  try {
    const request = IMValidateReq.decode(bodyOf(frame));
    const userId = friends.get(request.user_name);
    if (userId === undefined) return false;
    const answer = acceptance(request, userId);
    link.send(buildFrame(CID_OTHER_VALIDATE_RSP, seqNumOf(frame), answer));
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/** The field 20 of a request with its tag: what its answer has to bring back. */
function attachIn(frame: Uint8Array): Uint8Array {
  const body = bodyOf(frame);
  // It is the last field of all that servers ask: its tag is a2 01.
  for (let at = body.length - 2; at >= 0; at--) {
    if (body[at] === 0xa2 && body[at + 1] === 0x01) return body.subarray(at);
  }
  return NOTHING;
}
