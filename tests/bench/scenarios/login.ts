/** Everybody logs in: look-up over HTTP, connect, login. The storm is repeated for as long as told. */
import {
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_WINDOWS,
  type ClientType,
} from "../../../proto/mod.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import { latencyFigures, usageFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";
import type { Case, Scenario } from "../scenario.ts";
import { delay } from "../stage.ts";
import { CORES, COST, LOGIN } from "./columns.ts";

const USERS = 1000;
const CONCURRENCY = 50;
/** For the servers to be done with those who left, before the next storm. */
const SETTLE_SEC = 0.5;

function login(label: string, clientType: ClientType): Case {
  return {
    label,
    async run(stage) {
      const tookUs = new Histogram();
      const meter = stage.meter();
      let failed = 0;
      let notices = 0;
      // The first login of each is the dearer one: its password is not known yet.
      const everybody = { first: 1, last: USERS, clientType, concurrency: CONCURRENCY };
      await stage.logIn(everybody);
      await stage.closeAll();
      do {
        await delay(SETTLE_SEC);
        meter.start();
        const clients = await stage.logIn({
          ...everybody,
          onLogin: (us) => tookUs.add(us),
          onFailure: () => failed++,
          onClient: (client) =>
            client.onFrame = (frame) => {
              if (commandIdOf(frame) === CID_BUDDY_LIST_STATUS_NOTIFY) notices++;
            },
        });
        meter.stop();
        failed += clients.filter((client) => !client.isOpen).length;
        await stage.closeAll();
      } while (meter.usage.seconds < stage.options.seconds);
      return {
        logins_per_s: tookUs.count / meter.usage.seconds,
        notices_per_login: notices / tookUs.count,
        ...latencyFigures("login", tookUs),
        ...usageFigures(meter.usage, tookUs.count),
        lost: failed,
      };
    },
  };
}

export const loginScenario: Scenario = {
  name: "login",
  plan: ({ connections }) => ({
    about: `${USERS} users log in, ${CONCURRENCY} at a time; every PC is told of every PC`,
    users: USERS,
    crowd: connections ?? 0,
    cases: [login("phones", CLIENT_TYPE_ANDROID), login("PCs", CLIENT_TYPE_WINDOWS)],
  }),
  columns: [
    { title: "logins/s", figure: "logins_per_s", digits: 0 },
    { title: "notices each", figure: "notices_per_login", digits: 0 },
    ...LOGIN,
    ...COST,
    ...CORES,
    { title: "failed", figure: "lost", digits: 0 },
  ],
};
