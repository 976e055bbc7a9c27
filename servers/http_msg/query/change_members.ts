import { GROUP_MODIFY_TYPE_ADD, GROUP_MODIFY_TYPE_DEL } from "../../../proto/mod.ts";
import { announceMembers } from "../announce_members.ts";
import type { HttpMsgContext } from "../context.ts";
import { askChangeMembers, RESULT_OK } from "../links/group_client.ts";
import { AskError } from "../links/pending_answers.ts";
import { queryAnswer } from "./answers.ts";
import { isGiven, type Parameters, uint32ListOf, uint32Of } from "./parameters.ts";

/**
 * POST /query/ChangeMembers (docs/spec/admin-http.md 2.3). After a change the members learn of it
 * with CID_GROUP_CHANGE_MEMBER_NOTIFY through route_server.
 */
export async function changeMembers(
  context: HttpMsgContext,
  parameters: Parameters,
): Promise<Response> {
  const { group_id, modify_type, user_id_list } = parameters;
  const isComplete = [group_id, modify_type, user_id_list].every(isGiven);
  const groupId = uint32Of(group_id);
  const type = uint32Of(modify_type);
  const members = uint32ListOf(user_id_list);
  if (
    !isComplete || groupId === undefined || members === undefined ||
    (type !== GROUP_MODIFY_TYPE_ADD && type !== GROUP_MODIFY_TYPE_DEL)
  ) return queryAnswer("bad_parameter");
  try {
    const answer = await askChangeMembers(context.db, { type, groupId, members });
    if (answer.result_code !== RESULT_OK) return queryAnswer("members_not_changed");
    announceMembers(context.routes, answer);
    return queryAnswer("ok");
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    // The original's db_proxy does not answer for a group that it does not know.
    return queryAnswer(error.refusal === "no_answer" ? "members_not_changed" : "server_error");
  }
}
