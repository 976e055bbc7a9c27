/** Starts the suite under test on a place, and waits until clients can log in. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import { storageEnv } from "../../../servers/db_proxy/test_support/storage_env.ts";
import { BenchClient, benchNetwork } from "../generator/bench_client.ts";
import { lookUpMsgServer } from "../generator/lookup.ts";
import { nowUs } from "../generator/message_frame.ts";
import { resetPeak } from "../measure/proc.ts";
import type { Place } from "../place/place.ts";
import { startAllInOne } from "./all_in_one.ts";
import { startRoles } from "./roles.ts";
import type { RunningSuite } from "./running_suite.ts";
import { StartError } from "./server_process.ts";

export const LAYOUTS = ["all-in-one", "roles"] as const;

export type LayoutName = typeof LAYOUTS[number];

export interface SuiteOptions {
  readonly layout: LayoutName;
  /** Of `user1`, who has to be there. */
  readonly password: string;
}

/** Somebody else may take a port between our look and our use. */
const START_TRIES = 5;
const SERVING_LIMIT_SEC = 30;
const RETRY_MS = 20;

/** @throws {StartError} with the output of the process that does not start */
export async function startSuite(
  place: Place,
  { layout, password }: SuiteOptions,
): Promise<RunningSuite> {
  // The limit is for people; a benchmark sends more.
  const env = {
    ...storageEnv(place.storage),
    TEAMTALK_MSGSERVER_MAXMSGPERSECOND: "0",
    TEAMTALK_MSGSERVER_MAXREQUESTSPERSECOND: "0",
  };
  const suite = await withRetries(() =>
    layout === "all-in-one" ? startAllInOne({ env, folder: place.folder }) : startRoles(env)
  );
  await untilServing(suite, password);
  place.processes.forEach(({ pid }) => resetPeak(pid));
  return {
    lookup: suite.lookup,
    processes: [...suite.processes, ...place.processes],
    [Symbol.asyncDispose]: () => suite[Symbol.asyncDispose](),
  };
}

async function withRetries(start: () => Promise<RunningSuite>): Promise<RunningSuite> {
  for (let tries = 1;; tries++) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof StartError) || tries === START_TRIES) throw error;
    }
  }
}

/** Until the roles have found each other: a msg_server without its neighbours refuses logins. */
async function untilServing({ lookup }: RunningSuite, password: string): Promise<void> {
  const network = benchNetwork();
  const identity = { name: "user1", password, clientType: CLIENT_TYPE_ANDROID };
  const limitUs = nowUs() + SERVING_LIMIT_SEC * 1e6;
  for (;;) {
    try {
      const client = await BenchClient.logIn(network, await lookUpMsgServer(lookup), identity);
      return await client.close();
    } catch (error) {
      if (nowUs() > limitUs) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
