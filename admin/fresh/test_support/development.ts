/** A copy of the test site under development: `deno run --watch` in a process of its own. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import adminConfig from "../../deno.json" with { type: "json" };
import { splitLines } from "../../../shared/client/terminal/split_lines.ts";

/** Started anew after a change it has to be where the browser knows it. */
const DEV = `
import { Builder } from "fresh/dev";
import { app } from "./app.ts";
const port = await Deno.readTextFile("./port").then(Number, () => 0);
await new Builder({ root: import.meta.dirname }).listen(() => Promise.resolve({ app }), {
  port,
  onListen: ({ port }) => {
    Deno.writeTextFileSync("./port", String(port));
    console.log("listening", port);
  },
});
`;

const START_LIMIT_MS = 30_000;

export interface DevelopedSite extends AsyncDisposable {
  readonly origin: string;
  /** Replaces text in a file, as a developer does. */
  change(path: string, from: string, to: string): Promise<void>;
}

export async function developSite(): Promise<DevelopedSite> {
  const folder = await Deno.makeTempDir();
  await cp(`${import.meta.dirname}/site`, folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/dev.ts`, DEV);
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(configForElsewhere()));
  // With it the versions are known without asking a registry.
  await cp(`${import.meta.dirname}/../../../deno.lock`, `${folder}/deno.lock`);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--cached-only", "--no-check", "-A", "--watch=static", "dev.ts"],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = process.stdout.getReader();
  // With --watch it does not end when it cannot start.
  const deadline = setTimeout(() => process.kill("SIGKILL"), START_LIMIT_MS);
  const port = await listeningPort(splitLines(output)).finally(() => clearTimeout(deadline));
  return {
    origin: `http://127.0.0.1:${port}`,
    change: async (path, from, to) => {
      const text = await Deno.readTextFile(join(folder, path));
      if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
      await Deno.writeTextFile(join(folder, path), text.replace(from, to));
    },
    [Symbol.asyncDispose]: async () => {
      process.kill("SIGTERM");
      await process.status;
      await output.cancel();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function listeningPort(lines: AsyncIterable<string>): Promise<number> {
  for await (const line of lines) {
    const port = /^listening (\d+)$/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("The server of development has ended");
}

/** That of the admin, with the places of our modules in full. */
function configForElsewhere(): unknown {
  const { imports, compilerOptions } = adminConfig;
  const absolute = Object.entries(imports).map(([name, target]) => [
    name,
    target.startsWith(".") ? import.meta.resolve(`../../${target}`) : target,
  ]);
  return { imports: Object.fromEntries(absolute), compilerOptions, nodeModulesDir: "none" };
}
