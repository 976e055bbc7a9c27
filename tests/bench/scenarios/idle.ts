/** Connections that do nothing but say that they are there: what they take of memory and CPU. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import { memoryMib } from "../measure/proc.ts";
import type { Case, Scenario } from "../scenario.ts";
import { delay, type Stage } from "../stage.ts";
import { CORES } from "./columns.ts";

/** Logged in first, so that code and tables are there before memory is looked at. */
const WARM_UP_USERS = 500;
const CONNECTIONS = 2000;
/** For the garbage of the logins to be collected. */
const SETTLE_SEC = 2;

function idle(connections: number): Case {
  return {
    label: `${connections} connections`,
    async run(stage) {
      const clientType = CLIENT_TYPE_ANDROID;
      await stage.logIn({ first: 1, last: WARM_UP_USERS, clientType });
      await delay(SETTLE_SEC);
      const before = serverMib(stage);
      const clients = await stage.logIn({
        first: WARM_UP_USERS + 1,
        last: WARM_UP_USERS + connections,
        clientType,
      });
      await delay(SETTLE_SEC);
      const meter = stage.meter();
      meter.start();
      await delay(stage.options.seconds);
      meter.stop();
      const after = serverMib(stage);
      const { serverCores, engineCores, generatorCores, otherCores } = meter.usage;
      return {
        kib_per_connection: before === null || after === null
          ? null
          : (after.all - before.all) * 1024 / connections,
        kib_per_connection_msg: before === null || after === null
          ? null
          : (after.msg - before.msg) * 1024 / connections,
        server_mib: after?.all ?? null,
        server_cores: serverCores,
        engine_cores: engineCores,
        generator_cores: generatorCores,
        other_cores: otherCores,
        lost: clients.filter((client) => !client.isOpen).length,
      };
    },
  };
}

/** Memory of all servers together, and of the one that has the connections. */
function serverMib({ options: { processes } }: Stage): { all: number; msg: number } | null {
  const servers = processes.filter(({ kind }) => kind === "server");
  if (servers.length === 0) return null;
  const mib = servers.map(({ pid }) => memoryMib(pid)?.now ?? 0);
  const msg = servers.findIndex(({ name }) => name === "msg" || name === "suite");
  return { all: mib.reduce((sum, one) => sum + one), msg: mib[msg]! };
}

export const idleScenario: Scenario = {
  name: "idle",
  plan: ({ connections }) => {
    const count = connections ?? CONNECTIONS;
    return {
      about: `${count} phones are logged in and silent`,
      users: WARM_UP_USERS + count,
      cases: [idle(count)],
    };
  },
  columns: [
    { title: "KiB each", figure: "kib_per_connection", digits: 1 },
    { title: "of it msg_server", figure: "kib_per_connection_msg", digits: 1 },
    { title: "servers MiB", figure: "server_mib", digits: 0 },
    ...CORES.filter(({ figure }) => figure !== "generator_pct"),
    { title: "closed", figure: "lost", digits: 0 },
  ],
};
