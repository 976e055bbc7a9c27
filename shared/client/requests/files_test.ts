import * as proto from "../../../proto/mod.ts";
import { answer, testRequests } from "../test_support/request_cases.ts";

const user_id = 7;
const file = { to_user_id: 8, file_name: "a.txt", file_size: 5 };

testRequests({
  requestFile: {
    send: (client) => client.requestFile({ ...file, trans_mode: proto.FILE_TYPE_OFFLINE }),
    id: proto.CID_FILE_REQUEST,
    request: proto.IMFileReq,
    sent: { from_user_id: 7, ...file, trans_mode: 2 },
    answer: answer(proto.CID_FILE_RESPONSE, proto.IMFileRsp),
    reply: {
      result_code: 0,
      from_user_id: 7,
      to_user_id: 8,
      file_name: "a.txt",
      task_id: "t",
      ip_addr_list: [],
      trans_mode: 2,
    },
  },
  offlineFiles: {
    send: (client) => client.offlineFiles(),
    id: proto.CID_FILE_HAS_OFFLINE_REQ,
    request: proto.IMFileHasOfflineReq,
    sent: { user_id },
    answer: answer(proto.CID_FILE_HAS_OFFLINE_RES, proto.IMFileHasOfflineRsp),
    reply: { user_id, offline_file_list: [], ip_addr_list: [] },
  },
  addOfflineFile: {
    send: (client) => client.addOfflineFile({ ...file, task_id: "t" }),
    id: proto.CID_FILE_ADD_OFFLINE_REQ,
    request: proto.IMFileAddOfflineReq,
    sent: { from_user_id: 7, ...file, task_id: "t" },
  },
  deleteOfflineFile: {
    send: (client) => client.deleteOfflineFile({ from_user_id: 8, task_id: "t" }),
    id: proto.CID_FILE_DEL_OFFLINE_REQ,
    request: proto.IMFileDelOfflineReq,
    sent: { from_user_id: 8, to_user_id: 7, task_id: "t" },
  },
});
