/**
 * The drivers of MySQL and Redis cost memory and time to load: a process has them only when
 * `Storage=mysql` asks for them, so no entry point may lead to them by static imports.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const ENTRIES: readonly string[] = [
  "servers/db_proxy/executor/worker.ts",
  "servers/db_proxy/main.ts",
  "servers/login/main.ts",
  "servers/msg/main.ts",
  "servers/route/main.ts",
  "servers/suite/doctor/main.ts",
  "servers/suite/main.ts",
  "servers/suite/seed/main.ts",
];
const DRIVERS = /^npm:\/?(?:mysql2|ioredis)\b/;

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

interface Dependency {
  readonly specifier: string;
  /** Missing for what is imported as a type only. */
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

async function graphOf(entry: string): Promise<ReadonlyMap<string, readonly Dependency[]>> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: fileURLToPath(ROOT),
  }).output();
  assert.equal(code, 0);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  return new Map(modules.map(({ specifier, dependencies = [] }) => [specifier, dependencies]));
}

/** Every module that is loaded together with the entry, drivers by their specifiers. */
async function loadedWith(entry: string): Promise<ReadonlySet<string>> {
  const graph = await graphOf(entry);
  const loaded = new Set<string>();
  const load = (specifier: string): void => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (const { code, isDynamic, specifier: written } of graph.get(specifier) ?? []) {
      if (code !== undefined && isDynamic !== true) load(code.specifier ?? written);
    }
  };
  load(new URL(entry, ROOT).href);
  return loaded;
}

for (const entry of ENTRIES) {
  Deno.test(`${entry} does not load the drivers of MySQL and Redis`, async () => {
    const loaded = await loadedWith(entry);
    assert.ok(loaded.size > 20, "its own modules are found");
    assert.deepEqual([...loaded].filter((specifier) => DRIVERS.test(specifier)), []);
  });
}

Deno.test("servers/suite/migrate/main.ts, which is for MySQL alone, loads its driver", async () => {
  const loaded = await loadedWith("servers/suite/migrate/main.ts");
  assert.ok([...loaded].some((specifier) => DRIVERS.test(specifier)), [...loaded].join("\n"));
});
