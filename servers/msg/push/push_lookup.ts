/**
 * What has to be known for a push and other servers know (docs/spec/flows.md 18): who shields a
 * group, the tokens, and the names of authors who have gone, from db_proxy; who has a PC online
 * elsewhere from route_server. All of it is asked and answered with the original's commands.
 */
import { Buffer } from "node:buffer";
import {
  CID_BUDDY_LIST_USER_INFO_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_OTHER_GET_DEVICE_TOKEN_REQ,
  CID_OTHER_GET_SHIELD_REQ,
  IMGetDeviceTokenReq,
  type IMGetDeviceTokenRsp,
  IMGroupGetShieldReq,
  type IMGroupGetShieldRsp,
  IMUsersInfoReq,
  type IMUsersInfoRsp,
  IMUsersStatReq,
  type IMUsersStatRsp,
  USER_STATUS_ONLINE,
  type UserTokenInfo,
} from "../../../proto/mod.ts";
import type { Clock } from "../../../shared/clock.ts";
import {
  ATTACH_TYPE_PDU_FOR_PUSH,
  buildFrame,
  decodeAttach,
  encodePduAttach,
} from "../../../shared/pdu/mod.ts";
import type { DbLinks } from "../links/db_links.ts";
import type { RouteLinks } from "../links/route_links.ts";
import { Questions } from "./questions.ts";

export interface PushLookupOptions {
  readonly clock: Clock;
  readonly db: Pick<DbLinks, "send">;
  readonly routes: Pick<RouteLinks, "send">;
}

const SHIELDED = 1;
const NO_PDU = new Uint8Array(0);

export class PushLookup {
  readonly #db: Pick<DbLinks, "send">;
  readonly #routes: Pick<RouteLinks, "send">;
  readonly #shields: Questions<IMGroupGetShieldRsp>;
  readonly #tokens: Questions<IMGetDeviceTokenRsp>;
  readonly #infos: Questions<IMUsersInfoRsp>;
  readonly #statuses: Questions<IMUsersStatRsp>;
  #lastNumber = 0;

  constructor({ clock, db, routes }: PushLookupOptions) {
    this.#db = db;
    this.#routes = routes;
    this.#shields = new Questions(clock);
    this.#tokens = new Questions(clock);
    this.#infos = new Questions(clock);
    this.#statuses = new Questions(clock);
  }

  /**
   * Who of these wants pushes of the group; `null` when db_proxy does not say. `message` travels
   * along: a body that is in one question at a time.
   */
  async unshielded(
    groupId: number,
    userIds: readonly number[],
    message: Uint8Array,
  ): Promise<readonly number[] | null> {
    const request = { group_id: groupId, user_id: userIds, attach_data: message };
    const frame = buildFrame(CID_OTHER_GET_SHIELD_REQ, 0, IMGroupGetShieldReq.encode(request));
    const ask = (): boolean => this.#db.send("other", frame);
    const answer = await this.#shields.ask(bodyKey(message), ask);
    if (answer === null) return null;
    const shielding = answer.shield_status_list
      .filter(({ shield_status }) => shield_status === SHIELDED);
    const shieldingIds = new Set(shielding.map(({ user_id }) => user_id));
    return userIds.filter((userId) => !shieldingIds.has(userId));
  }

  /** Tokens of those who can be pushed to now; `null` when db_proxy does not say. */
  async tokensOf(
    userIds: readonly number[],
    message: Uint8Array,
  ): Promise<readonly UserTokenInfo[] | null> {
    const request = IMGetDeviceTokenReq.encode({ user_id: userIds, attach_data: message });
    const frame = buildFrame(CID_OTHER_GET_DEVICE_TOKEN_REQ, 0, request);
    const ask = (): boolean => this.#db.send("other", frame);
    const answer = await this.#tokens.ask(bodyKey(message), ask);
    return answer?.user_token_info ?? null;
  }

  /** Nick names of those users that exist; of nobody when db_proxy does not say. */
  async nicksOf(userIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const number = this.#nextNumber();
    const request = IMUsersInfoReq.encode({
      user_id: userIds[0] ?? 0,
      user_id_list: userIds,
      attach_data: encodePduAttach(ATTACH_TYPE_PDU_FOR_PUSH, number, NO_PDU),
    });
    const frame = buildFrame(CID_BUDDY_LIST_USER_INFO_REQUEST, 0, request);
    const ask = (): boolean => this.#db.send("login", frame);
    const answer = await this.#infos.ask(String(number), ask);
    const infos = answer?.user_info_list ?? [];
    return new Map(infos.map((info) => [info.user_id, info.user_nick_name]));
  }

  /**
   * Who of these has a PC online; nobody when no route_server says so. `push` is what the original
   * sends along: the body of the push.
   */
  async pcOnline(userIds: readonly number[], push: Uint8Array): Promise<ReadonlySet<number>> {
    const number = this.#nextNumber();
    const request = IMUsersStatReq.encode({
      user_id: 0,
      user_id_list: userIds,
      attach_data: encodePduAttach(ATTACH_TYPE_PDU_FOR_PUSH, number, push),
    });
    const frame = buildFrame(CID_BUDDY_LIST_USERS_STATUS_REQUEST, 0, request);
    const answer = await this.#statuses.ask(String(number), () => this.#routes.send(frame));
    const online = (answer?.user_stat_list ?? [])
      .filter(({ status }) => status === USER_STATUS_ONLINE);
    return new Set(online.map(({ user_id }) => user_id));
  }

  shieldsArrived(response: IMGroupGetShieldRsp): void {
    this.#shields.answered(bodyKey(response.attach_data), response);
  }

  tokensArrived(response: IMGetDeviceTokenRsp): void {
    this.#tokens.answered(bodyKey(response.attach_data), response);
  }

  infosArrived(response: IMUsersInfoRsp): void {
    this.#infos.answered(numberKey(response.attach_data), response);
  }

  statusesArrived(response: IMUsersStatRsp): void {
    this.#statuses.answered(numberKey(response.attach_data), response);
  }

  /** Whoever waits is told that nothing is known. */
  stop(): void {
    for (const kind of [this.#shields, this.#tokens, this.#infos, this.#statuses]) kind.stop();
  }

  #nextNumber(): number {
    this.#lastNumber = (this.#lastNumber + 1) >>> 0;
    return this.#lastNumber;
  }
}

/** In these answers attach_data is the bare body of a message (docs/spec/wire.md 8). */
function bodyKey(body: Uint8Array = NO_PDU): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
}

/** In these it has the number of the question in place of a connection's. */
function numberKey(attach: Uint8Array = NO_PDU): string {
  return String(decodeAttach(attach)?.handle ?? "");
}
