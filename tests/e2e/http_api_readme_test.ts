/** The examples of the README's chapter on the HTTP API work as printed, and leave no endpoint out. */
import assert from "node:assert/strict";
import { Router } from "../../servers/http_msg/api/router.ts";
import { routes } from "../../servers/http_msg/api/routes.ts";
import { nowSec, systemClock } from "../../shared/clock.ts";
import { hashPassword } from "../../shared/password.ts";
import { systemRandom } from "../../shared/random.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import type { StorageKind } from "../support/data_place.ts";
import { demoData } from "../support/demo_data.ts";
import { type ApiCaller, startHttpSuite } from "../support/http_fixture.ts";

const README = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
const FIRST_PASSWORD = "as the first start prints it";

/** The shell blocks behind the mark, which belong together. */
function examples(): string {
  const [, chapter = ""] = README.split("<!-- http-api:");
  const [ours = ""] = chapter.split(/^## /m);
  return [...ours.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("\n");
}

async function hasCurl(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("curl", { args: ["--version"] }).output();
    return success;
  } catch {
    return false;
  }
}

Deno.test("README, every endpoint has an example", () => {
  const router = new Router(routes);
  const shown = new Set<string>();
  // Continued lines are one; `login` is a function there.
  for (const line of examples().replaceAll("\\\n", " ").split("\n")) {
    const [, place] = /(?:\$API|127\.0\.0\.1:8400\/api)(\/[\w./$-]*)/.exec(line) ?? [];
    if (place === undefined || !line.includes("curl")) continue;
    const [, given] = /-X (\w+)/.exec(line) ?? [];
    const method = given ?? (/--json|--data/.test(line) ? "POST" : "GET");
    const base = line.includes("$API/") ? "/api/v1" : "/api";
    const path = base + place.replace(/\$\w+/g, "1");
    const { route } = router.find(method, path);
    shown.add(`${route.method} ${route.path}`);
  }
  const missing = routes.map(({ method, path }) => `${method} ${path}`)
    .filter((name) => !shown.has(name));
  assert.deepEqual(missing, []);
});

for (const storage of ["sqlite", "mysql"] as const) {
  Deno.test(`README, the examples of the HTTP API work as printed (${storage})`, async (t) => {
    if (storage === "mysql" && await isSkipped(t, NEEDED_ENGINES)) return;
    if (await hasCurl()) return await runExamples(storage);
    await t.step({ name: "curl is missing here", ignore: true, fn: () => {} });
  });
}

async function runExamples(storage: StorageKind): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "teamtalk_readme_" });
  const seed = demoData(5);
  await using suite = await startHttpSuite({
    storage,
    api: { systemUserId: 1, historyRole: "owner" },
    async seed(storage) {
      await seed(storage);
      const pwd = await hashPassword(FIRST_PASSWORD, systemRandom);
      await storage.admins.add({ uname: "admin", pwd, now: nowSec(systemClock) });
    },
  });
  const { host } = new URL(suite.base);
  const script = examples().replaceAll("127.0.0.1:8400", host)
    .replace("'…as printed…'", `'${FIRST_PASSWORD}'`);
  // An error status ends the script; what an example prints follows its command.
  const strict = 'set -euo pipefail\ncurl() { command curl --fail-with-body "$@" || exit 1; }\n';
  const { success, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", strict + script],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout);
  assert.ok(success, `${output}\n${decoder.decode(stderr)}`);
  assert.ok(!output.includes('"error"'), output);
  const csv = await Deno.readTextFile(`${folder}/users.csv`);
  assert.match(csv, /^id,name,.*\r\n1,user1,/);
  assert.equal(JSON.parse(await Deno.readTextFile(`${folder}/openapi.json`)).openapi, "3.1.0");
  const { total } = await suite.owner.ok("GET", "/users?search=zoe");
  assert.equal(total, 1, "imported once, after the dry run");
  await assertAudited(suite.owner);
  await Deno.remove(folder, { recursive: true });
}

/** Everything that the examples did is in the log. */
async function assertAudited(owner: ApiCaller): Promise<void> {
  const { items } = await owner.ok("GET", "/audit?limit=200");
  const logged = new Set(
    items.filter(({ outcome }: { outcome: string }) => outcome === "done")
      .map(({ action }: { action: string }) => action),
  );
  const expected = routes.flatMap(({ audit }) => audit?.action ?? []);
  assert.deepEqual(expected.filter((action) => !logged.has(action)), []);
}
