/**
 * Every recording is replayed. Of file_online and file_offline the connections to the file_server are
 * left out.
 */
import assert from "node:assert/strict";
import { CONVERSATIONS } from "./support/conversations.ts";
import { recordingNames } from "./support/recording.ts";

/** Replayed by `login_server_test.ts`, `http_msg_server_test.ts` and `msfs_test.ts`. */
const OVER_HTTP: readonly string[] = ["http_create_group", "http_msg_server_lookup", "msfs"];

Deno.test("tests/golden: each recording is replayed", () => {
  const named = [...Object.keys(CONVERSATIONS), ...OVER_HTTP];
  assert.deepEqual(named.sort(), recordingNames(""));
});

Deno.test("tests/golden: each recording between servers belongs to one of the clients", () => {
  const clientSide = new Set(recordingNames(""));
  assert.deepEqual(recordingNames("internal/").filter((name) => !clientSide.has(name)), []);
});
