/**
 * The programs of this project, and the least that Deno has to allow each for all that it does.
 * README.md and `deno task start` say the same; `deno task compile` uses it.
 */

export interface Program {
  /** Path of the module that is run, from the project's folder. */
  readonly main: string;
  /** Folders that it reads with the files of `conf/` as they are, besides what its imports load. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Facts about the system: the name that msg_server tells login_server, free space on a disk. */
  readonly sys: readonly string[];
  /** What an executable needs besides the imports of `main`. */
  readonly includes: readonly string[];
}

/** Of db_proxy's workers: Deno reads what a worker imports with the permissions of the program. */
const SOURCES = ["proto", "servers", "shared"] as const;
const WORKER = "servers/db_proxy/executor/worker.ts";
/** Pages are found in folders, and `_fresh` has what browsers get. */
const PAGES = ["routes", "islands", "static", "_fresh"].map((folder) => `admin/${folder}`);

export const PROGRAMS = {
  suite: {
    main: "servers/suite/main.ts",
    reads: ["conf", "data", "admin", ...SOURCES],
    writes: ["data"],
    sys: ["hostname", "statfs"],
    includes: [WORKER, ...PAGES],
  },
  db_proxy: {
    main: "servers/db_proxy/main.ts",
    reads: ["conf", "data", ...SOURCES],
    writes: ["data"],
    sys: [],
    includes: [WORKER],
  },
  login: role("login"),
  route: role("route"),
  msg: { ...role("msg"), sys: ["hostname"] },
  file: { ...role("file"), reads: ["conf", "data"], writes: ["data"] },
  msfs: { ...role("msfs"), reads: ["conf", "data"], writes: ["data"], sys: ["statfs"] },
  push: role("push"),
  http_msg: role("http_msg"),
  admin: { ...role("admin"), main: "admin/start.ts", reads: ["conf", "admin"], includes: PAGES },
} as const satisfies Readonly<Record<string, Program>>;

export type ProgramName = keyof typeof PROGRAMS;

function role(name: string): Program {
  return { main: `servers/${name}/main.ts`, reads: ["conf"], writes: [], sys: [], includes: [] };
}

/**
 * Options of `deno run` and `deno compile`. "folders" allows the folders of the program only, which
 * holds for `conf/` as it is; "any" leaves open where configuration and data are.
 */
export function permissionOptions(
  { reads, writes, sys }: Program,
  where: "folders" | "any",
): readonly string[] {
  const scope = (folders: readonly string[]): string =>
    where === "folders" ? `=${folders.join(",")}` : "";
  return [
    "--allow-net",
    `--allow-read${scope(reads)}`,
    ...(writes.length === 0 ? [] : [`--allow-write${scope(writes)}`]),
    "--allow-env",
    ...(sys.length === 0 ? [] : [`--allow-sys=${sys.join(",")}`]),
  ];
}
