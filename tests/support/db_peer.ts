/** A msg_server that a test plays itself towards db_proxy: what db_proxy says about pushes. */
import {
  CID_OTHER_GET_DEVICE_TOKEN_REQ,
  CID_OTHER_GET_DEVICE_TOKEN_RSP,
  CID_OTHER_GET_SHIELD_REQ,
  CID_OTHER_GET_SHIELD_RSP,
  IMGetDeviceTokenReq,
  IMGetDeviceTokenRsp,
  IMGroupGetShieldReq,
  IMGroupGetShieldRsp,
} from "../../proto/mod.ts";
import type { Cluster, LinkKind } from "./cluster.ts";
import { ScriptedLink } from "./scripted_link.ts";

export class DbPeer implements AsyncDisposable {
  readonly #link: ScriptedLink;

  private constructor(link: ScriptedLink) {
    this.#link = link;
  }

  static async connect(cluster: Cluster, links: LinkKind): Promise<DbPeer> {
    const network = links === "tcp" ? undefined : cluster.network;
    return new DbPeer(await ScriptedLink.connect(cluster.dbProxy, network));
  }

  /** Answer to 0x0705; `message` stands for the message body that comes back with it. */
  deviceTokens(userIds: readonly number[], message?: Uint8Array): Promise<IMGetDeviceTokenRsp> {
    const request = { user_id: userIds, ...(message && { attach_data: message }) };
    this.#link.send(CID_OTHER_GET_DEVICE_TOKEN_REQ, IMGetDeviceTokenReq.encode(request));
    return this.#link.expect(CID_OTHER_GET_DEVICE_TOKEN_RSP, IMGetDeviceTokenRsp);
  }

  /** Answer to 0x0711 as `[user, status]`. */
  async groupShields(groupId: number, userIds: readonly number[]): Promise<[number, number][]> {
    const request = IMGroupGetShieldReq.encode({ group_id: groupId, user_id: userIds });
    this.#link.send(CID_OTHER_GET_SHIELD_REQ, request);
    const answer = await this.#link.expect(CID_OTHER_GET_SHIELD_RSP, IMGroupGetShieldRsp);
    return answer.shield_status_list.map(({ user_id, shield_status }) => [user_id, shield_status]);
  }

  /** Asks for a group that does not exist, which is not answered. */
  askUnknownGroup(groupId: number): void {
    const request = IMGroupGetShieldReq.encode({ group_id: groupId, user_id: [1] });
    this.#link.send(CID_OTHER_GET_SHIELD_REQ, request);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#link.close();
  }
}
