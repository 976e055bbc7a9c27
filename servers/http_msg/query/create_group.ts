import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../../proto/mod.ts";
import type { HttpMsgContext } from "../context.ts";
import { askCreateGroup, RESULT_OK } from "../links/group_client.ts";
import { AskError } from "../links/pending_answers.ts";
import { queryAnswer } from "./answers.ts";
import { isGiven, type Parameters, textOf, uint32ListOf, uint32Of } from "./parameters.ts";

const NO_GROUP = { group_id: 0 };

/** POST /query/CreateGroup (docs/spec/admin-http.md 2.2). Nobody is notified. */
export async function createGroup(
  context: HttpMsgContext,
  parameters: Parameters,
): Promise<Response> {
  const { group_name, group_type, group_avatar, user_id_list } = parameters;
  const isComplete = [group_name, group_type, group_avatar, user_id_list].every(isGiven);
  const name = textOf(group_name);
  const avatar = textOf(group_avatar);
  const type = uint32Of(group_type);
  const members = uint32ListOf(user_id_list);
  if (
    !isComplete || name === undefined || avatar === undefined || members === undefined ||
    (type !== GROUP_TYPE_NORMAL && type !== GROUP_TYPE_TMP)
  ) return queryAnswer("bad_parameter");
  try {
    const answer = await askCreateGroup(context.db, { type, name, avatar, members });
    if (answer.result_code !== RESULT_OK) return queryAnswer("group_not_created", NO_GROUP);
    return queryAnswer("ok", { group_id: answer.group_id ?? 0 });
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    return error.refusal === "no_answer"
      ? queryAnswer("group_not_created", NO_GROUP)
      : queryAnswer("server_error");
  }
}
