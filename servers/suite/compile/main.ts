/** `deno task compile [PROGRAM…]`: executables in `dist/`, with the permissions they need. */
import { fileURLToPath } from "node:url";
import { permissionOptions, type ProgramName, PROGRAMS } from "../programs.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

function isProgram(name: string): name is ProgramName {
  return Object.hasOwn(PROGRAMS, name);
}

const asked = Deno.args.length === 0 ? ["suite"] : Deno.args;
const unknown = asked.find((name) => !isProgram(name));
if (unknown !== undefined) {
  // deno-lint-ignore no-console -- a command of the project
  console.error(`Unknown program '${unknown}'. Allowed: ${Object.keys(PROGRAMS).join(", ")}`);
  Deno.exit(1);
}
for (const name of asked.filter(isProgram)) {
  const program = PROGRAMS[name];
  const { success, code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--no-check", "--frozen", "--exclude-unused-npm", "--no-prompt"],
      ...permissionOptions(program, "any"),
      ...program.includes.map((path) => `--include=${path}`),
      ...["--output", `dist/teamtalk-${name}`, program.main],
    ],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
  if (!success) Deno.exit(code);
}
