/** From the start of a process to `ready`, and the memory it has then: packages are cached. */
import { storageEnv } from "../../../servers/db_proxy/test_support/storage_env.ts";
import { memoryMib } from "../measure/proc.ts";
import type { Case, Scenario } from "../scenario.ts";
import { delay } from "../stage.ts";
import { allInOneServer } from "../suite/all_in_one.ts";
import { freePortOffset } from "../suite/ports.ts";
import { ALL_ROLES, rolePorts, roleServer } from "../suite/roles.ts";
import { type ServerOptions, startServer } from "../suite/server_process.ts";

/** After `ready`: a role looks for its neighbours, and the engine opens what it needs. */
const SETTLE_SEC = 1;

function start(label: string, serverOf: (deps: ServerDeps) => Promise<ServerOptions>): Case {
  return {
    label,
    async run({ options: { place } }) {
      if (place === null) throw new Error("A suite that runs already cannot be started");
      const env = storageEnv(place.storage);
      await using server = await startServer(await serverOf({ env, folder: place.folder }));
      const ready = memoryMib(server.pid);
      await delay(SETTLE_SEC);
      const settled = memoryMib(server.pid);
      return {
        ready_s: server.readyMs / 1000,
        ready_mib: ready?.now ?? null,
        settled_mib: settled?.now ?? null,
        peak_mib: settled?.peak ?? null,
      };
    },
  };
}

interface ServerDeps {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

const suite = start("suite", allInOneServer);

const roles = ALL_ROLES.map((name) =>
  start(name, async ({ env, folder }) => {
    const ports = rolePorts(await freePortOffset());
    return roleServer(name, { env: { ...ports, ...folders(folder), ...env } });
  })
);

function folders(folder: string): Readonly<Record<string, string>> {
  return {
    TEAMTALK_FILESERVER_STOREDIR: `${folder}/offline_file`,
    TEAMTALK_MSFS_BASEDIR: `${folder}/msfs`,
  };
}

export const startScenario: Scenario = {
  name: "start",
  starts: "itself",
  plan: ({ layout }) => ({
    about:
      "from the start of a process to its line `ready`, and its memory then and a second later",
    users: 1,
    cases: layout === "all-in-one" ? [suite] : roles,
  }),
  columns: [
    { title: "ready s", figure: "ready_s", digits: 2 },
    { title: "MiB at ready", figure: "ready_mib", digits: 0 },
    { title: "a second later", figure: "settled_mib", digits: 0 },
    { title: "at most", figure: "peak_mib", digits: 0 },
  ],
};
