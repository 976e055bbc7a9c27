import assert from "node:assert/strict";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { loadConfig, memorySource } from "../../shared/config/mod.ts";
import { routeSchema } from "./config.ts";

Deno.test("routeSchema, loads the original's file, with our limits at their defaults", () => {
  const files = { "routeserver.conf": "ListenIP=0.0.0.0\nListenMsgPort=8200\n" };
  assert.deepEqual(loadConfig(routeSchema, memorySource({ files })), {
    ListenIP: ["0.0.0.0"],
    ListenMsgPort: 8200,
    Links: OPEN_LINKS,
    MaxConnCnt: 1000,
    MaxPduBytes: 64 * 1024 * 1024,
  });
});

Deno.test("routeSchema, loads the shipped conf/routeserver.conf", () => {
  const text = Deno.readTextFileSync(new URL("../../conf/routeserver.conf", import.meta.url));
  const files = { "routeserver.conf": text };
  assert.equal(loadConfig(routeSchema, memorySource({ files })).ListenMsgPort, 8200);
});
