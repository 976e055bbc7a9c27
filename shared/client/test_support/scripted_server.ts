/**
 * A server whose every word is written in the test. It answers logins and heartbeats by itself;
 * all else is answered by {@link ScriptedServer.answer}, pushed, or left without an answer.
 */
import {
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  CID_MSG_TIME_REQUEST,
  CID_MSG_TIME_RESPONSE,
  CID_OTHER_HEARTBEAT,
  type Codec,
  IMClientTimeRsp,
  IMLoginReq,
  IMLoginRes,
  type IMLoginResInit,
  REFUSE_REASON_NONE,
  type UserInfoInit,
} from "../../../proto/mod.ts";
import type { Address, Link, Listener, Network } from "../../netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../pdu/mod.ts";

export const SERVER_TIME = 1_800_000_000;

const LIMITS = { maxFrameBytes: 1 << 26, maxBacklogBytes: 1 << 26, maxLinks: 100 };

/** One frame that a client sent. */
export class Call {
  readonly link: Link;
  readonly frame: Uint8Array;

  constructor(link: Link, frame: Uint8Array) {
    this.link = link;
    this.frame = frame;
  }

  get seqNum(): number {
    return seqNumOf(this.frame);
  }

  decode<Message>(codec: Pick<Codec<Message, never>, "decode">): Message {
    return codec.decode(bodyOf(this.frame));
  }

  reply<Init>(id: number, codec: Codec<unknown, Init>, message: Init): void {
    this.link.send(buildFrame(id, this.seqNum, codec.encode(message)));
  }
}

export class ScriptedServer implements AsyncDisposable {
  /** Links that were accepted, the latest last. */
  readonly links: Link[] = [];
  readonly #answers = new Map<number, (call: Call) => void>();
  readonly #calls: Call[] = [];
  readonly #waiting: { id: number; resolve: (call: Call) => void }[] = [];
  #listener: Listener | null = null;

  static async start(
    network: Network,
    address: Address = { host: "127.0.0.1", port: 0 },
  ): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    server.answer(
      CID_LOGIN_REQ_USERLOGIN,
      (call) =>
        call.reply(CID_LOGIN_RES_USERLOGIN, IMLoginRes, loginAccepted(call.decode(IMLoginReq))),
    );
    server.answer(
      CID_MSG_TIME_REQUEST,
      (call) => call.reply(CID_MSG_TIME_RESPONSE, IMClientTimeRsp, { server_time: SERVER_TIME }),
    );
    server.answer(CID_OTHER_HEARTBEAT, (call) => call.link.send(call.frame));
    server.#listener = await network.listen(address, LIMITS, (link) => server.#accept(link));
    return server;
  }

  get address(): Address {
    return this.#listener!.address;
  }

  /** Says what to do with a command from now on; `null` leaves it without an answer. */
  answer(id: number, run: ((call: Call) => void) | null): void {
    this.#answers.set(id, run ?? (() => {}));
  }

  /** The next frame of this command; each is given out once, also when it came before the call. */
  next(id: number): Promise<Call> {
    const index = this.#calls.findIndex((call) => commandIdOf(call.frame) === id);
    if (index >= 0) return Promise.resolve(this.#calls.splice(index, 1)[0]!);
    return new Promise((resolve) => this.#waiting.push({ id, resolve }));
  }

  /** Sends to the latest link. */
  push<Init>(id: number, codec: Codec<unknown, Init>, message: Init, seqNum = 0): void {
    this.links.at(-1)!.send(buildFrame(id, seqNum, codec.encode(message)));
  }

  /** Accepts no further links; those that are open stay. */
  async stopListening(): Promise<void> {
    await this.#listener?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopListening();
    for (const link of this.links) link.abort("the test is over");
  }

  #accept(link: Link) {
    this.links.push(link);
    return { frame: (_link: Link, frame: Uint8Array) => this.#frame(link, frame), closed() {} };
  }

  #frame(link: Link, frame: Uint8Array): void {
    const id = commandIdOf(frame);
    const call = new Call(link, frame);
    const index = this.#waiting.findIndex((waiter) => waiter.id === id);
    if (index >= 0) this.#waiting.splice(index, 1)[0]!.resolve(call);
    else this.#calls.push(call);
    this.#answers.get(id)?.(call);
  }
}

export const USER_IDS: Readonly<Record<string, number>> = { ann: 7, bob: 8 };

export function userInfo(user_id: number, name: string): UserInfoInit {
  return {
    user_id,
    user_gender: 1,
    user_nick_name: name,
    avatar_url: "",
    department_id: 1,
    email: "",
    user_real_name: name,
    user_tel: "",
    user_domain: name,
    status: 0,
    sign_info: "",
  };
}

/** The answer to a login that is let in. */
export function loginAccepted(request: IMLoginReq): IMLoginResInit {
  return {
    server_time: SERVER_TIME,
    result_code: REFUSE_REASON_NONE,
    online_status: request.online_status,
    user_info: userInfo(USER_IDS[request.user_name] ?? 1, request.user_name),
  };
}
