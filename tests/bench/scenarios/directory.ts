/**
 * The directory of a large company: everybody for a client that starts anew, or what is new. By PCs,
 * as Android clients get it in several pieces.
 */
import { CLIENT_TYPE_WINDOWS, IMAllUserRsp } from "../../../proto/mod.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";
import { directoryRequest } from "../generator/list_requests.ts";
import { measureRequests } from "../generator/request_loop.ts";
import { Requests } from "../generator/requests.ts";
import type { Case, Scenario } from "../scenario.ts";
import { CORES, COST, REQUEST_FAULTS, REQUESTS } from "./columns.ts";

const USERS = 20_000;
const CLIENTS = 10;

/** Each time all of it. */
const everybody: Case = {
  label: `all of ${USERS} users`,
  async run(stage) {
    const clients = await stage.logIn({ first: 1, last: CLIENTS, clientType: CLIENT_TYPE_WINDOWS });
    // Counting the users of every answer would take more than the servers do.
    let wholeBytes: number | null = null;
    return await measureRequests(stage, clients, ({ userId }) => ({
      ...directoryRequest(userId, 0),
      isRight(answer) {
        wholeBytes ??= IMAllUserRsp.decode(bodyOf(answer)).user_list.length >= USERS
          ? answer.length
          : null;
        return answer.length === wholeBytes;
      },
    }));
  },
};

/** As most clients do it after most logins. */
const nothingNew: Case = {
  label: "nothing new",
  async run(stage) {
    const clients = await stage.logIn({ first: 1, last: CLIENTS, clientType: CLIENT_TYPE_WINDOWS });
    const { frame, answerId } = directoryRequest(clients[0]!.userId, 0);
    const whole = await new Requests(clients[0]!).ask(frame, answerId);
    const { latest_update_time } = IMAllUserRsp.decode(bodyOf(whole));
    return await measureRequests(stage, clients, ({ userId }) => ({
      ...directoryRequest(userId, latest_update_time),
      isRight: (answer) => answer.length < whole.length,
    }));
  },
};

export const directoryScenario: Scenario = {
  name: "directory",
  plan: ({ connections }) => ({
    about: `${CLIENTS} clients ask for the directory, each again when it has it`,
    users: USERS,
    crowd: connections ?? 0,
    cases: [everybody, nothingNew],
  }),
  columns: [...REQUESTS, ...COST, ...CORES, ...REQUEST_FAULTS],
};
