/** Connections that do nothing: what they take of memory and CPU. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import { memoryMib } from "../measure/proc.ts";
import { type Case, delay, type Scenario, type Stage } from "../stage.ts";
import { CORES } from "./columns.ts";

/** Logged in first, so that code and tables are there before memory is looked at. */
const WARM_UP_USERS = 500;
const CONNECTIONS = 2000;
/** For the garbage of the logins to be collected. */
const SETTLE_SEC = 2;

const idle: Case = {
  label: `${CONNECTIONS} connections`,
  async run(stage) {
    const clientType = CLIENT_TYPE_ANDROID;
    await stage.logIn({ first: 1, last: WARM_UP_USERS, clientType });
    await delay(SETTLE_SEC);
    const before = serverMib(stage);
    const clients = await stage.logIn({
      first: WARM_UP_USERS + 1,
      last: WARM_UP_USERS + CONNECTIONS,
      clientType,
    });
    await delay(SETTLE_SEC);
    const meter = stage.meter();
    meter.start();
    await delay(stage.options.seconds);
    meter.stop();
    const after = serverMib(stage);
    const { serverCores, generatorCores, otherCores } = meter.usage;
    return {
      kib_per_connection: before === null || after === null
        ? null
        : (after - before) * 1024 / CONNECTIONS,
      server_mib: after,
      server_cores: serverCores,
      generator_cores: generatorCores,
      other_cores: otherCores,
      lost: clients.filter((client) => !client.isOpen).length,
    };
  },
};

/** Of all servers together. */
function serverMib({ options: { processes } }: Stage): number | null {
  const servers = processes.filter(({ kind }) => kind === "server");
  if (servers.length === 0) return null;
  return servers.reduce((sum, { pid }) => sum + (memoryMib(pid)?.now ?? 0), 0);
}

export const idleScenario: Scenario = {
  name: "idle",
  about: `${CONNECTIONS} phones are logged in and silent`,
  users: WARM_UP_USERS + CONNECTIONS,
  cases: [idle],
  columns: [
    { title: "KiB each", figure: "kib_per_connection", digits: 1 },
    { title: "server MiB", figure: "server_mib", digits: 0 },
    ...CORES,
    { title: "closed", figure: "lost", digits: 0 },
  ],
};
