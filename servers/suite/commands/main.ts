/** Writes docs/commands.md from the command tables: `deno task commands`, `--check` only compares. */
import { commandsDocument } from "./document.ts";

const path = new URL("../../../docs/commands.md", import.meta.url);
const wanted = commandsDocument();
if (Deno.args.includes("--check")) {
  if (await Deno.readTextFile(path).catch(() => "") !== wanted) {
    // deno-lint-ignore no-console -- this is a command line tool.
    console.error("docs/commands.md is not as generated. Run: deno task commands");
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(path, wanted);
}
