/** A group of the users who are logged in, made as clients make one. */
import {
  CID_GROUP_CREATE_REQUEST,
  CID_GROUP_CREATE_RESPONSE,
  GROUP_TYPE_TMP,
  IMGroupCreateReq,
  IMGroupCreateRsp,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import type { BenchClient } from "./bench_client.ts";
import { Requests } from "./requests.ts";

/** Resolves with its id. @throws {Error} when the server refuses */
export async function createGroup(members: readonly BenchClient[]): Promise<number> {
  const creator = members[0]!;
  const request = IMGroupCreateReq.encode({
    user_id: creator.userId,
    group_type: GROUP_TYPE_TMP,
    group_name: `bench ${members.length}`,
    group_avatar: "",
    member_id_list: members.map(({ userId }) => userId),
  });
  const frame = buildFrame(CID_GROUP_CREATE_REQUEST, 1, request);
  const answer = await new Requests(creator).ask(frame, CID_GROUP_CREATE_RESPONSE);
  const { result_code, group_id } = IMGroupCreateRsp.decode(bodyOf(answer));
  if (result_code !== 0 || group_id === undefined) {
    throw new Error(`Cannot create a group of ${members.length}: result ${result_code}`);
  }
  return group_id;
}
