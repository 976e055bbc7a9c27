/** What is written down about permissions is what the table says. */
import assert from "node:assert/strict";
import { permissionOptions, PROGRAMS } from "./programs.ts";

function fileOf(path: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
}

const { suite, admin, ...roles } = PROGRAMS;

for (const [name, program] of Object.entries(roles)) {
  Deno.test(`README.md, ${name} is started with the least permissions`, async () => {
    const options = permissionOptions(program, "folders").join(" ");
    const line = `\ndeno run ${options} ${program.main} --conf conf\n`;
    assert.ok((await fileOf("README.md")).includes(line), line);
  });
}

Deno.test("deno.json and operating.md, suite and admin are started with what they need", async () => {
  const { tasks } = JSON.parse(await fileOf("deno.json"));
  const start = `deno run ${permissionOptions(suite, "any").join(" ")} ${suite.main}`;
  assert.equal(tasks.start.command, start);
  assert.ok((await fileOf("docs/operating.md")).includes(`\`${start}\``));
  const alone = `deno run ${permissionOptions(admin, "any").join(" ")} ${admin.main} --conf conf`;
  assert.equal(tasks.admin.command, alone);
});
