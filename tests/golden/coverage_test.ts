/** Every recording is replayed, or it is said here why not. */
import assert from "node:assert/strict";
import { CONVERSATIONS } from "./support/conversations.ts";
import { recordingNames } from "./support/recording.ts";

/** Replayed by `login_server_test.ts`. */
const HTTP_LOOKUP = "http_msg_server_lookup";

/** Client sides that are not replayed, with what this release lacks. */
const NOT_IN_THIS_RELEASE: Readonly<Record<string, string>> = {
  device_token: "push: msg_server and db_proxy do not handle 0x0108 of clients",
  file_offline: "file_server",
  file_online: "file_server",
  group_shield: "push: 0x0409",
  http_create_group: "http_msg_server; db_proxy's side is replayed",
  kick_pc: "0x010a; route_server's side is replayed",
  msfs: "msfs",
  push_shield: "push: 0x010c and 0x010e",
  sign_info: "0x0213; route_server's side is replayed, its effect is in all_user_delta's fixture",
};

Deno.test("tests/golden: each recording is replayed or named as not in this release", () => {
  const named = [...Object.keys(CONVERSATIONS), HTTP_LOOKUP, ...Object.keys(NOT_IN_THIS_RELEASE)];
  assert.deepEqual(named.sort(), recordingNames(""));
});

Deno.test("tests/golden: each recording between servers belongs to one of the clients", () => {
  const clientSide = new Set(recordingNames(""));
  assert.deepEqual(recordingNames("internal/").filter((name) => !clientSide.has(name)), []);
});
