/**
 * One logged-in user: a link and little else. The client library of the suite is left out on
 * purpose, so that the figures are those of the servers.
 */
import {
  CID_LOGIN_KICK_USER,
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  type ClientType,
  IMLoginReq,
  IMLoginRes,
  REFUSE_REASON_NONE,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import { systemClock } from "../../../shared/clock.ts";
import { type Address, type Link, TcpNetwork } from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf } from "../../../shared/pdu/mod.ts";
import { md5Hex } from "../../../shared/password.ts";

/** Answers to a client stay far below; the generator must never be the slow reader. */
const LIMITS = { maxFrameBytes: 16 * 1024 * 1024, maxBacklogBytes: 256 * 1024 * 1024 };
const LOGIN_LIMIT_MS = 60_000;

export interface Identity {
  readonly name: string;
  readonly password: string;
  readonly clientType: ClientType;
}

/** All connections of the generator go through one network, so that their writes are joined. */
export type BenchNetwork = TcpNetwork;

export function benchNetwork(): BenchNetwork {
  return new TcpNetwork(systemClock);
}

export class BenchClient {
  readonly userId: number;
  /** Called for every frame that comes after the login. */
  onFrame: (frame: Uint8Array) => void = () => {};
  readonly #link: Link;
  readonly #closed: Promise<void>;

  private constructor(userId: number, link: Link, closed: Promise<void>) {
    this.userId = userId;
    this.#link = link;
    this.#closed = closed;
  }

  /** @throws {Error} when the server refuses, closes or stays silent */
  static logIn(network: BenchNetwork, server: Address, identity: Identity): Promise<BenchClient> {
    const closed = Promise.withResolvers<void>();
    const done = Promise.withResolvers<BenchClient>();
    let client: BenchClient | null = null;
    const link = network.connect(server, LIMITS, {
      frame(link, frame) {
        if (client !== null) {
          if (commandIdOf(frame) === CID_LOGIN_KICK_USER) link.close("kicked");
          else client.onFrame(frame);
        } else if (commandIdOf(frame) === CID_LOGIN_RES_USERLOGIN) {
          const { result_code, user_info } = IMLoginRes.decode(bodyOf(frame));
          if (result_code !== REFUSE_REASON_NONE || user_info === undefined) {
            link.abort(`login refused, result ${result_code}`);
          } else {
            client = new BenchClient(user_info.user_id, link, closed.promise);
            done.resolve(client);
          }
        }
      },
      closed(_link, reason) {
        done.reject(new Error(`Cannot log in ${identity.name}: ${reason}`));
        closed.resolve();
      },
    });
    link.send(buildFrame(CID_LOGIN_REQ_USERLOGIN, 1, loginRequest(identity)));
    const deadline = setTimeout(() => link.abort("no answer to the login"), LOGIN_LIMIT_MS);
    return done.promise.finally(() => clearTimeout(deadline));
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  send(frame: Uint8Array): void {
    this.#link.send(frame);
  }

  close(): Promise<void> {
    this.#link.close("done");
    return this.#closed;
  }
}

function loginRequest({ name, password, clientType }: Identity): Uint8Array {
  return IMLoginReq.encode({
    user_name: name,
    password: md5Hex(password),
    online_status: USER_STATUS_ONLINE,
    client_type: clientType,
    client_version: "bench",
  });
}
