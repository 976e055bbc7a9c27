import * as proto from "../../../proto/mod.ts";
import { answer, testRequests } from "../test_support/request_cases.ts";

const user_id = 7;

testRequests({
  allUsers: {
    send: (client) => client.allUsers(50),
    id: proto.CID_BUDDY_LIST_ALL_USER_REQUEST,
    request: proto.IMAllUserReq,
    sent: { user_id, latest_update_time: 50 },
    answer: answer(proto.CID_BUDDY_LIST_ALL_USER_RESPONSE, proto.IMAllUserRsp),
    reply: { user_id, latest_update_time: 60, user_list: [] },
  },
  usersInfo: {
    send: (client) => client.usersInfo([8, 9]),
    id: proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
    request: proto.IMUsersInfoReq,
    sent: { user_id, user_id_list: [8, 9] },
    answer: answer(proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, proto.IMUsersInfoRsp),
    reply: { user_id, user_info_list: [] },
  },
  usersStatus: {
    send: (client) => client.usersStatus([8]),
    id: proto.CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    request: proto.IMUsersStatReq,
    sent: { user_id, user_id_list: [8] },
    answer: answer(proto.CID_BUDDY_LIST_USERS_STATUS_RESPONSE, proto.IMUsersStatRsp),
    reply: { user_id, user_stat_list: [] },
  },
  departments: {
    send: (client) => client.departments(),
    id: proto.CID_BUDDY_LIST_DEPARTMENT_REQUEST,
    request: proto.IMDepartmentReq,
    sent: { user_id, latest_update_time: 0 },
    answer: answer(proto.CID_BUDDY_LIST_DEPARTMENT_RESPONSE, proto.IMDepartmentRsp),
    reply: { user_id, latest_update_time: 0, dept_list: [] },
  },
  changeSignInfo: {
    send: (client) => client.changeSignInfo("busy"),
    id: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
    request: proto.IMChangeSignInfoReq,
    sent: { user_id, sign_info: "busy" },
    answer: answer(proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE, proto.IMChangeSignInfoRsp),
    reply: { user_id, result_code: 0, sign_info: "busy" },
  },
  changeAvatar: {
    send: (client) => client.changeAvatar("http://a"),
    id: proto.CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
    request: proto.IMChangeAvatarReq,
    sent: { user_id, avatar_url: "http://a" },
    answer: answer(proto.CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE, proto.IMChangeAvatarRsp),
    reply: { user_id, result_code: 0 },
  },
});
