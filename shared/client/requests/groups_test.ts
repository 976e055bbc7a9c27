import * as proto from "../../../proto/mod.ts";
import { answer, testRequests } from "../test_support/request_cases.ts";

const user_id = 7;

testRequests({
  groupList: {
    send: (client) => client.groupList(),
    id: proto.CID_GROUP_NORMAL_LIST_REQUEST,
    request: proto.IMNormalGroupListReq,
    sent: { user_id },
    answer: answer(proto.CID_GROUP_NORMAL_LIST_RESPONSE, proto.IMNormalGroupListRsp),
    reply: { user_id, group_version_list: [] },
  },
  groupInfo: {
    send: (client) => client.groupInfo([{ group_id: 3, version: 0 }]),
    id: proto.CID_GROUP_INFO_REQUEST,
    request: proto.IMGroupInfoListReq,
    sent: { user_id, group_version_list: [{ group_id: 3, version: 0 }] },
    answer: answer(proto.CID_GROUP_INFO_RESPONSE, proto.IMGroupInfoListRsp),
    reply: { user_id, group_info_list: [] },
  },
  createGroup: {
    send: (client) => client.createGroup({ name: "team", members: [7, 8] }),
    id: proto.CID_GROUP_CREATE_REQUEST,
    request: proto.IMGroupCreateReq,
    sent: {
      user_id,
      group_type: proto.GROUP_TYPE_TMP,
      group_name: "team",
      group_avatar: "",
      member_id_list: [7, 8],
    },
    answer: answer(proto.CID_GROUP_CREATE_RESPONSE, proto.IMGroupCreateRsp),
    reply: { user_id, result_code: 0, group_id: 3, group_name: "team", user_id_list: [7, 8] },
  },
  changeMembers: {
    send: (client) =>
      client.changeMembers({
        group_id: 3,
        change_type: proto.GROUP_MODIFY_TYPE_ADD,
        member_id_list: [9],
      }),
    id: proto.CID_GROUP_CHANGE_MEMBER_REQUEST,
    request: proto.IMGroupChangeMemberReq,
    sent: { user_id, change_type: 1, group_id: 3, member_id_list: [9] },
    answer: answer(proto.CID_GROUP_CHANGE_MEMBER_RESPONSE, proto.IMGroupChangeMemberRsp),
    reply: {
      user_id,
      change_type: 1,
      result_code: 0,
      group_id: 3,
      cur_user_id_list: [7, 8, 9],
      chg_user_id_list: [9],
    },
  },
  shieldGroup: {
    send: (client) => client.shieldGroup(3, 1),
    id: proto.CID_GROUP_SHIELD_GROUP_REQUEST,
    request: proto.IMGroupShieldReq,
    sent: { user_id, group_id: 3, shield_status: 1 },
    answer: answer(proto.CID_GROUP_SHIELD_GROUP_RESPONSE, proto.IMGroupShieldRsp),
    reply: { user_id, group_id: 3, result_code: 0 },
  },
});
