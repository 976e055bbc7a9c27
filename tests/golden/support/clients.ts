/** The clients of a recording, connected to the msg_server under test. */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_LOGIN_RES_USERLOGIN,
  CID_MSG_TIME_REQUEST,
  CID_OTHER_HEARTBEAT,
  IMUsersStatReq,
} from "../../../proto/mod.ts";
import type { Address, Network } from "../../../shared/netlib/mod.ts";
import {
  buildEmptyFrame,
  buildFrame,
  commandIdOf,
  describeFrame,
  seqNumOf,
} from "../../../shared/pdu/mod.ts";
import { ScriptedLink } from "../../support/scripted_link.ts";
import { type Conversation, isPresence } from "./conversations.ts";
import { assertSameFrame } from "./recording.ts";
import type { SessionClock } from "./session_clock.ts";
import { loginRequest } from "./terminals.ts";

/** No recording goes up to this one. */
const FENCE_SEQ = 0xffff;
/** Comes back behind everything that is under way, also through route_server. */
const STATUS_QUERY = buildFrame(
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  FENCE_SEQ,
  IMUsersStatReq.encode({ user_id: 0 }),
);
/** Comes back behind what msg_server has sent itself. */
const HEARTBEAT = buildEmptyFrame(CID_OTHER_HEARTBEAT, FENCE_SEQ);
/** More than the three seconds a kicked terminal has to read why (P-AUTH2). */
const GRACE_SEC = 5;

export interface ClientsOptions {
  /** Without one the clients have TCP sockets. */
  readonly network?: Network;
  readonly address: Address;
  readonly clock: SessionClock;
}

export class Clients implements AsyncDisposable {
  readonly #options: ClientsOptions;
  readonly #links = new Map<string, ScriptedLink>();

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  /** Sends a frame, on a new connection when this one was not used yet. */
  async send(who: string, frame: Uint8Array): Promise<void> {
    const { address, network } = this.#options;
    let link = this.#links.get(who);
    if (link === undefined) {
      link = await ScriptedLink.connect(address, network);
      this.#links.set(who, link);
    }
    link.sendBytes(frame);
  }

  /** The next frame on this connection; presence notices are skipped unless they are compared. */
  async next(who: string, presence?: Conversation["presence"]): Promise<Uint8Array> {
    for (;;) {
      const frame = await this.#link(who).next({ heartbeats: "keep" });
      if (presence === "compared" || !isPresence(frame)) return frame;
    }
  }

  async logIn(who: string, answered: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.send(who, loginRequest(who));
    await answered();
    assert.equal(commandIdOf(await this.next(who)), CID_LOGIN_RES_USERLOGIN);
  }

  /** Sends a request and takes its answer, whatever that says; other connections are let be. */
  async request(who: string, frame: Uint8Array): Promise<void> {
    await this.send(who, frame);
    while (seqNumOf(await this.next(who)) !== seqNumOf(frame)) { /* for another request */ }
  }

  async expect(
    { who, bytes }: { readonly who: string; readonly bytes: Uint8Array },
    presence?: Conversation["presence"],
  ): Promise<void> {
    assertSameFrame(await this.next(who, presence), bytes, `to ${who}`);
  }

  /** Takes everything that is still under way. */
  async skipAll(): Promise<void> {
    for (const who of this.#links.keys()) await this.#fence(who, STATUS_QUERY, () => {});
  }

  /** Fails when anything but presence notices that are not compared is under way. */
  async expectNothing(presence?: Conversation["presence"], fence = STATUS_QUERY): Promise<void> {
    for (const who of this.#links.keys()) {
      await this.#fence(who, fence, (frame) => {
        if (presence === "compared" || !isPresence(frame)) {
          assert.fail(`not recorded, to ${who}: ${describeFrame(frame)}`);
        }
      });
    }
  }

  /** The server closes these connections, at the latest after its grace, and sends nothing more. */
  async expectEnds({ ends = [], isServed = true, presence }: Conversation): Promise<void> {
    const ending = new Map(ends.map((who) => [who, this.#link(who)]));
    for (const [who, link] of ending) {
      this.#links.delete(who);
      if (!isServed) link.sendBytes(buildEmptyFrame(CID_MSG_TIME_REQUEST, FENCE_SEQ));
    }
    // By the time the others have their echo, the requests before it were handled.
    await this.expectNothing(presence, HEARTBEAT);
    this.#options.clock.passSeconds(GRACE_SEC);
    for (const [who, link] of ending) {
      await assert.rejects(link.next(), /the other side closed the link/, `to ${who}`);
      await link.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links.values()) await link.close();
  }

  async #fence(who: string, fence: Uint8Array, onFrame: (frame: Uint8Array) => void) {
    await this.send(who, fence);
    for (;;) {
      const frame = await this.#link(who).next({ heartbeats: "keep" });
      if (seqNumOf(frame) === FENCE_SEQ) return;
      onFrame(frame);
    }
  }

  #link(who: string): ScriptedLink {
    const link = this.#links.get(who);
    assert.ok(link, `${who} is not connected`);
    return link;
  }
}
