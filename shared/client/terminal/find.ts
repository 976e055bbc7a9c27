/** From what the user typed to a user or group. */
import type { GroupInfo, UserInfo } from "../../../proto/mod.ts";
import type { SessionRef } from "../mod.ts";
import { type ChatState, USER_HAS_LEFT, withGroup, withUser } from "./chat_state.ts";
import { CommandError } from "./problem.ts";

/** Names told when several fit. */
const MAX_CANDIDATES = 8;

/** A user by login name, else by nick name, else by id, else by the only name that begins so. */
export function findUser(state: ChatState, typed: string): UserInfo {
  const users = [...state.users.values()].filter((user) => user.status !== USER_HAS_LEFT);
  return only(typed, "user", users, (user) => ({
    id: user.user_id,
    // Only the first is unique: nobody can pass for another by taking his name as a nick name.
    names: [user.user_real_name, user.user_nick_name, user.user_domain],
    shown: state.userName(user.user_id),
  }));
}

/** A group by name or id, with or without the `#`. */
export function findGroup(state: ChatState, typed: string): GroupInfo {
  const name = typed.startsWith("#") ? typed.slice(1) : typed;
  return only(name, "group", [...state.groups.values()], (group) => ({
    id: group.group_id,
    names: [group.group_name],
    shown: state.groupName(group.group_id),
  }));
}

export function findSession(state: ChatState, typed: string): SessionRef {
  return typed.startsWith("#")
    ? withGroup(findGroup(state, typed).group_id)
    : withUser(findUser(state, typed).user_id);
}

interface Facts {
  readonly id: number;
  readonly names: readonly string[];
  readonly shown: string;
}

function only<T>(
  typed: string,
  what: string,
  candidates: readonly T[],
  factsOf: (one: T) => Facts,
): T {
  const wanted = typed.toLowerCase();
  const searches: readonly ((facts: Facts) => boolean)[] = [
    ({ names }) => names[0]!.toLowerCase() === wanted,
    ({ names }) => names.some((name) => name.toLowerCase() === wanted),
    ({ id }) => `${id}` === wanted,
    ({ names }) => names.some((name) => name.toLowerCase().startsWith(wanted)),
  ];
  const found = searches
    .map((fits) => candidates.filter((one) => fits(factsOf(one))))
    .find((list) => list.length > 0) ?? [];
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new CommandError(`There is no ${what} "${typed}"`);
  const names = found.slice(0, MAX_CANDIDATES)
    .map((one) => `${factsOf(one).shown} (${factsOf(one).id})`);
  const more = found.length > names.length ? ", …" : "";
  throw new CommandError(`Several fit "${typed}": ${names.join(", ")}${more}`);
}
