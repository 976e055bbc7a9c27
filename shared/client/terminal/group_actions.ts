/** Making groups and inviting people into them. */
import { GROUP_MODIFY_TYPE_ADD, SESSION_TYPE_GROUP } from "../../../proto/mod.ts";
import type { ChatContext } from "./chat_context.ts";
import { withGroup } from "./chat_state.ts";
import { openConversation, openSession } from "./conversation.ts";
import { findUser } from "./find.ts";
import { CommandError } from "./problem.ts";
import { fetchGroups } from "./refresh.ts";

/** Makes a group of oneself and the named users, and opens it. */
export async function createGroup(
  chat: ChatContext,
  name: string,
  userNames: readonly string[],
): Promise<void> {
  const { client, state } = chat;
  const others = userNames.map((one) => findUser(state, one).user_id);
  const answer = await client.createGroup({ name, members: [state.me.user_id, ...others] });
  if (answer.result_code !== 0 || answer.group_id === undefined) {
    throw new CommandError("The server did not make the group");
  }
  await fetchGroups(client, state, [answer.group_id]);
  await openConversation(chat, withGroup(answer.group_id));
}

/** Adds the named users to the open group. */
export async function invite(chat: ChatContext, userNames: readonly string[]): Promise<void> {
  const { client, state, console, style } = chat;
  const session = openSession(chat);
  if (session.session_type !== SESSION_TYPE_GROUP) {
    throw new CommandError("This is no group: /open #GROUP");
  }
  const answer = await client.changeMembers({
    group_id: session.session_id,
    change_type: GROUP_MODIFY_TYPE_ADD,
    member_id_list: userNames.map((one) => findUser(state, one).user_id),
  });
  if (answer.result_code !== 0) {
    throw new CommandError("Nobody was added: they are members already, or you may not add them");
  }
  await fetchGroups(client, state, [session.session_id]);
  const added = answer.chg_user_id_list.map((userId) => state.userName(userId)).join(", ");
  console.print(style.dim(`-- added ${added}`));
}
