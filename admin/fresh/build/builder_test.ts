import assert from "node:assert/strict";
import { join } from "node:path";
import { App } from "../app.ts";
import { Builder, BuildError } from "./builder.ts";
import { loadBundle } from "./saved_bundle.ts";

interface Project extends AsyncDisposable {
  readonly root: string;
  write(path: string, text: string): Promise<void>;
  /** What the page looks like and where its island's module is. */
  page(): Promise<{ readonly html: string; readonly module: string }>;
}

/** A project with one page and one island, made of plain functions: it needs no import map. */
async function makeProject(): Promise<Project> {
  const root = await Deno.makeTempDir();
  const write = async (path: string, text: string): Promise<void> => {
    await Deno.mkdir(join(root, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  };
  await write("word.ts", 'export const word = "first";');
  await write(
    "islands/one.ts",
    'import { word } from "../word.ts"; export const One = () => word;',
  );
  await write("routes/index.ts", "export default () => null;");
  await write("routes/index_test.ts", "throw new Error('a test is no route');");
  return {
    root,
    write,
    page: async () => {
      const app = new App<unknown>();
      (await new Builder({ root }).build())(app);
      const response = await app.handler()(new Request("http://localhost/"));
      const saved = JSON.parse(await Deno.readTextFile(join(root, "_fresh/bundle.json")));
      return { html: await response.text(), module: saved.files["island_one.js"] };
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** When the bundle was written: a new one is a new file. */
async function writtenAt(root: string): Promise<number | null> {
  return (await Deno.stat(join(root, "_fresh/bundle.json"))).ino;
}

Deno.test("Builder.build(), takes the saved bundle as long as its sources are the same", async () => {
  await using project = await makeProject();
  const first = await project.page();
  const made = await writtenAt(project.root);
  await project.write("routes/index.ts", "export default () => null; // another one");
  assert.deepEqual(await project.page(), first);
  assert.equal(await writtenAt(project.root), made);
});

Deno.test("Builder.build(), bundles anew when a source has changed, has gone, or an island came", async () => {
  await using project = await makeProject();
  await project.page();
  await project.write("word.ts", 'export const word = "second";');
  assert.match((await project.page()).module, /second/);
  await project.write("islands/one.ts", 'export const One = () => "alone";');
  await Deno.remove(join(project.root, "word.ts"));
  assert.match((await project.page()).module, /alone/);
  const before = await writtenAt(project.root);
  await project.write("islands/two.ts", "export const Two = () => null;");
  await project.page();
  assert.notEqual(await writtenAt(project.root), before);
});

Deno.test("loadBundle(), an executable takes what was saved, as nothing of it can have changed", async () => {
  await using project = await makeProject();
  await project.page();
  await Deno.remove(join(project.root, "word.ts"));
  const saved = join(project.root, "_fresh/bundle.json");
  assert.equal(await loadBundle(saved, ["one.ts"], false), null);
  const files = await loadBundle(saved, ["one.ts"], true);
  assert.match(new TextDecoder().decode(files?.get("island_one.js")), /first/);
});

Deno.test("Builder.build(), bundles anew when the saved file is damaged", async () => {
  await using project = await makeProject();
  const first = await project.page();
  await Deno.truncate(join(project.root, "_fresh/bundle.json"), 100);
  assert.deepEqual(await project.page(), first);
});

Deno.test("Builder.build(), leaves the saved bundle as it is when a source is wrong", async () => {
  await using project = await makeProject();
  await project.page();
  await project.write("islands/one.ts", "export const One = () => {");
  await assert.rejects(
    new Builder({ root: project.root }).build(),
    (error) => error instanceof BuildError && /islands\/one\.ts/.test(error.message),
  );
  const files = await Array.fromAsync(Deno.readDir(join(project.root, "_fresh")));
  assert.deepEqual(files.map(({ name }) => name), ["bundle.json"]);
});

Deno.test("Builder.build(), with snapshot: memory, touches no disk", async () => {
  await using project = await makeProject();
  await new Builder({ root: project.root }).build({ snapshot: "memory" });
  await assert.rejects(Deno.stat(join(project.root, "_fresh")), Deno.errors.NotFound);
});

Deno.test("Builder.build(), a project of routes alone needs no islands and no static files", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(join(root, "routes"));
  await Deno.writeTextFile(
    join(root, "routes/index.ts"),
    'export const handler = () => new Response("alone");',
  );
  const app = new App<unknown>().fsRoutes();
  (await new Builder({ root }).build())(app);
  const response = await app.handler()(new Request("http://localhost/"));
  assert.equal(await response.text(), "alone");
  await Deno.remove(root, { recursive: true });
});
