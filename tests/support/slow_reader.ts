/** A client that logs in and from then on reads nothing. */
import { CID_LOGIN_RES_USERLOGIN, CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import { SERVER_LINK_LIMITS } from "../../shared/netlib/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import type { Cluster } from "./cluster.ts";
import { loginFrame } from "./raw_login.ts";
import { withDeadline } from "./scripted_link.ts";

export async function connectSlowReader(
  cluster: Cluster,
  userName: string,
): Promise<AsyncDisposable> {
  const loggedIn = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const request = { user_name: userName, client_type: CLIENT_TYPE_WINDOWS };
  const link = cluster.network.connect(cluster.msgServers[0]!, SERVER_LINK_LIMITS, {
    opened: (opened) => opened.send(loginFrame(request)),
    frame(from, frame) {
      if (commandIdOf(frame) !== CID_LOGIN_RES_USERLOGIN) return;
      from.pause();
      loggedIn.resolve();
    },
    closed: () => gone.resolve(),
  });
  await withDeadline("a login", (resolve) => void loggedIn.promise.then(resolve));
  return {
    async [Symbol.asyncDispose]() {
      link.abort("the test closes it");
      await withDeadline("the end of a link", (resolve) => void gone.promise.then(resolve));
    },
  };
}
