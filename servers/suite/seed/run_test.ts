import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import { memorySource } from "../../../shared/config/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import { runSeed } from "./run.ts";

const CONF = Deno.readTextFileSync(
  new URL("../../../conf/dbproxyserver.conf", import.meta.url),
);

/** Its waits are over at once, and each takes a second. */
class HastyClock extends ManualClock {
  override after(delayMs: number, run: () => void) {
    const timer = super.after(delayMs, run);
    setImmediate(() => this.advance(1000));
    return timer;
  }
}

interface Run {
  readonly lines: readonly string[];
  readonly problem: string | null;
}

async function run(line: string, files: Readonly<Record<string, string>> = {}): Promise<Run> {
  const lines: string[] = [];
  const source = memorySource({
    args: line.split(" "),
    files: { "conf/dbproxyserver.conf": CONF, ...files },
  });
  try {
    await runSeed({
      source,
      clock: new HastyClock(),
      random: seededRandom(1),
      print: (text) => void lines.push(text),
    });
    return { lines, problem: null };
  } catch (error) {
    assert.ok(error instanceof Error);
    return { lines, problem: `${error.name}: ${error.message}` };
  }
}

async function tempDir(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "seed_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("runSeed() shows a password that it made once, and only when users got it", async () => {
  await using dir = await tempDir();
  const data = `${dir.path}/new/data`;
  const first = await run(`--users 3 --groups 1 --data ${data}`);
  assert.equal(first.problem, null);
  assert.match(first.lines[0]!, /^password of the new users: [A-Za-z2-9]{12} \(shown this once/);
  assert.match(
    first.lines[1]!,
    /^added to .*\/new\/data\/teamtalk\.db: users 3, groups 1, memberships 3, departments 5; \d+\.\d\d s$/,
  );
  const again = await run(`--users 3 --groups 1 --data ${data}`);
  assert.equal(again.lines.length, 2);
  assert.equal(again.lines[0], "note: 3 users were there already and keep their password");
  assert.match(
    again.lines[1]!,
    /: users 0 \(3 were there\), groups 0 \(1 were there\), memberships 0, /,
  );
});

Deno.test("runSeed() shows how far a long run is, and does not repeat a given password", async () => {
  await using dir = await tempDir();
  const { lines } = await run(`--users 2600 --password geheim --data ${dir.path}`);
  assert.ok(lines.includes("  1500 of 2600 users"), lines.join("\n"));
  assert.ok(!lines.includes("  2600 of 2600 users"));
  assert.doesNotMatch(lines.join("\n"), /geheim|password/);
});

Deno.test("runSeed() shows at most ten notes", async () => {
  await using dir = await tempDir();
  const fixture = (name: string): string =>
    JSON.stringify({
      departments: [],
      users: {
        ids: [1, 1],
        name: "user%d",
        domain: "",
        nick: "",
        phone: "",
        email: "",
        avatar: "",
        sign_info: "",
        sex: 0,
        departId: 0,
        status: 0,
        push_shield_status: 0,
        password: "p",
        salt: "1",
      },
      groups: Array.from({ length: 12 }, (_, index) => (
        { id: index + 1, name, type: 1, creator: 1, version: 1, members: [1, 1] }
      )),
    });
  const files = { "one.json": fixture("one"), "two.json": fixture("two") };
  assert.equal((await run(`--fixture one.json --data ${dir.path}`, files)).problem, null);
  const { lines } = await run(`--fixture two.json --data ${dir.path}`, files);
  assert.equal(lines[9], 'note: group id 10 belongs to "one": left alone');
  assert.equal(lines[10], "note: … and 2 more");
});

Deno.test("runSeed() says what stands in the way", async () => {
  await using dir = await tempDir();
  const data = `--data ${dir.path}`;
  assert.equal(
    (await run(`--fixture none.json ${data}`)).problem,
    'ConfigError: --fixture "none.json": there is no such file',
  );
  assert.equal(
    (await run(`--fixture bad.json ${data}`, { "bad.json": "[]" })).problem,
    "ConfigError: bad.json: this is no object",
  );
  const noStorage = CONF.replace("Storage=sqlite", "");
  assert.match(
    (await run(`--users 1 ${data}`, { "conf/dbproxyserver.conf": noStorage })).problem!,
    /^ConfigError: .*DBInstances is missing, which Storage=mysql needs/,
  );
  await Deno.writeTextFile(`${dir.path}/file`, "");
  assert.match(
    (await run(`--users 1 --data ${dir.path}/file`)).problem!,
    /^StorageError: Cannot make the database /,
  );
  await Deno.writeTextFile(`${dir.path}/teamtalk.db`, "this is no database, only text".repeat(99));
  assert.match(
    (await run(`--users 1 ${data}`)).problem!,
    /^StorageError: Cannot prepare database /,
  );
});
