/** Writes docs/openapi.json from the routes: `deno task openapi`, `--check` only compares. */
import { openApiDocument } from "../../http_msg/api/openapi.ts";
import { routes } from "../../http_msg/api/routes.ts";

const path = new URL("../../../docs/openapi.json", import.meta.url);
const wanted = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
if (Deno.args.includes("--check")) {
  if (await Deno.readTextFile(path).catch(() => "") !== wanted) {
    // deno-lint-ignore no-console -- this is a command line tool.
    console.error("docs/openapi.json is not as generated. Run: deno task openapi");
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(path, wanted);
}
