/** A client: a session with all typed requests on it. */
import type { ConnectOptions } from "./options.ts";
import { type AccountRequests, accountRequests } from "./requests/account.ts";
import { type FileRequests, fileRequests } from "./requests/files.ts";
import { type GroupRequests, groupRequests } from "./requests/groups.ts";
import { type HistoryRequests, historyRequests } from "./requests/history.ts";
import { type MessageRequests, messageRequests } from "./requests/messages.ts";
import { type UserRequests, userRequests } from "./requests/users.ts";
import { ClientSession } from "./session.ts";

export type Client =
  & ClientSession
  & AccountRequests
  & UserRequests
  & MessageRequests
  & HistoryRequests
  & GroupRequests
  & FileRequests;

/**
 * Finds the msg_server when asked to, connects and logs in.
 * @throws {LoginRefusedError} when the msg_server says no
 * @throws {LookupRefusedError} when the login_server has none to offer
 * @throws {LookupError | ConnectionLostError} when a server cannot be reached
 * @throws {DeadlineError} when one is silent
 */
export async function connectClient(options: ConnectOptions): Promise<Client> {
  const session = new ClientSession(options);
  try {
    await session.start();
  } catch (error) {
    await session.close();
    throw error;
  }
  return Object.assign(
    session,
    accountRequests(session),
    userRequests(session),
    messageRequests(session),
    historyRequests(session),
    groupRequests(session),
    fileRequests(session),
  );
}
