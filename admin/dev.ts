/**
 * For working on the pages: `deno task admin:dev` serves them, and the browser follows every
 * change; `deno task admin:build` only builds, and does nothing when that has been done.
 */
import { Builder } from "fresh/dev";

const builder = new Builder({ root: import.meta.dirname! });
if (Deno.args[0] === "build") await builder.build();
else await builder.listen(() => import("./main.ts"), { hostname: "127.0.0.1", port: 8800 });
