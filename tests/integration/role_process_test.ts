/** The roles as processes of their own: what their command line takes. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

for (const role of ["db_proxy", "file", "http_msg", "login", "msg", "push", "route"]) {
  Deno.test(`${role}_server, an option it does not have ends the start with one line`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `servers/${role}/main.ts`, "--port-offset", "1000"],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assert.equal(
      text.decode(stderr).replace(/^\w+: /, ""),
      "Unknown option '--port-offset'. Allowed: --conf FILE or --conf DIR\n",
    );
    assert.equal(text.decode(stdout), "");
    assert.equal(code, 1);
  });
}
