/** Every recording is replayed, or it is said here why not. */
import assert from "node:assert/strict";
import { CONVERSATIONS } from "./support/conversations.ts";
import { recordingNames } from "./support/recording.ts";

/** Replayed by `login_server_test.ts`, `http_msg_server_test.ts` and `msfs_test.ts`. */
const OVER_HTTP: readonly string[] = ["http_create_group", "http_msg_server_lookup", "msfs"];

/** Client sides that are not replayed, with what this release lacks. */
const NOT_IN_THIS_RELEASE: Readonly<Record<string, string>> = {
  file_offline: "file_server",
  file_online: "file_server",
};

Deno.test("tests/golden: each recording is replayed or named as not in this release", () => {
  const named = [...Object.keys(CONVERSATIONS), ...OVER_HTTP, ...Object.keys(NOT_IN_THIS_RELEASE)];
  assert.deepEqual(named.sort(), recordingNames(""));
});

Deno.test("tests/golden: each recording between servers belongs to one of the clients", () => {
  const clientSide = new Set(recordingNames(""));
  assert.deepEqual(recordingNames("internal/").filter((name) => !clientSide.has(name)), []);
});
