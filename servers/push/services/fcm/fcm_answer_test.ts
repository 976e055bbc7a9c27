import assert from "node:assert/strict";
import type { SendOutcome } from "../push_service.ts";
import { readFcmAnswer } from "./fcm_answer.ts";

const FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

interface Problem {
  readonly status?: string;
  readonly errorCode?: string;
  readonly field?: string;
}

function read(status: number, { status: name, errorCode, field }: Problem = {}, waitMs = null) {
  const details = [
    ...(errorCode === undefined ? [] : [{ "@type": FCM_ERROR, errorCode }]),
    ...(field === undefined ? [] : [{ "@type": BAD_REQUEST, fieldViolations: [{ field }] }]),
  ];
  const error = { code: status, message: "token abc is bad", status: name, details };
  return readFcmAnswer({ status, retryAfterMs: waitMs, body: JSON.stringify({ error }) });
}

function kindOf(outcome: SendOutcome | "unauthenticated"): string {
  if (outcome === "unauthenticated" || outcome.kind !== "retry") {
    return typeof outcome === "string" ? outcome : outcome.kind;
  }
  return `retry ${outcome.scope}`;
}

Deno.test("readFcmAnswer(), tokens that are not valid any more", () => {
  assert.deepEqual(read(404, { status: "NOT_FOUND", errorCode: "UNREGISTERED" }), {
    kind: "gone",
    reason: "UNREGISTERED",
  });
  const invalid = { status: "INVALID_ARGUMENT", errorCode: "INVALID_ARGUMENT" };
  assert.equal(kindOf(read(400, invalid)), "gone");
  assert.equal(kindOf(read(400, { ...invalid, field: "message.token" })), "gone");
  assert.equal(kindOf(read(403, { errorCode: "SENDER_ID_MISMATCH" })), "gone");
});

Deno.test("readFcmAnswer(), a push that FCM will never take says nothing about the token", () => {
  const status = "INVALID_ARGUMENT";
  assert.equal(kindOf(read(400, { status, field: "message.data[0].value" })), "rejected");
  assert.equal(kindOf(read(400, { status })), "rejected");
  assert.equal(kindOf(read(401, { errorCode: "THIRD_PARTY_AUTH_ERROR" })), "rejected");
  assert.equal(kindOf(read(413)), "rejected");
});

Deno.test("readFcmAnswer(), trouble with our credentials", () => {
  assert.equal(kindOf(read(401, { status: "UNAUTHENTICATED" })), "unauthenticated");
  assert.equal(kindOf(read(403, { status: "PERMISSION_DENIED" })), "retry credentials");
  assert.equal(kindOf(read(404, { status: "NOT_FOUND" })), "retry credentials");
});

Deno.test("readFcmAnswer(), trouble that passes", () => {
  assert.deepEqual(read(429, { errorCode: "QUOTA_EXCEEDED" }), {
    kind: "retry",
    scope: "service",
    reason: "QUOTA_EXCEEDED",
    afterMs: 60_000,
  });
  assert.equal(kindOf(read(500, { errorCode: "INTERNAL" })), "retry device");
  assert.equal(kindOf(read(503, { errorCode: "UNAVAILABLE" })), "retry service");
  assert.equal(kindOf(read(502)), "retry service");
  assert.equal(kindOf(read(302)), "retry service");
});

Deno.test("readFcmAnswer(), takes no reason from the answer that is not a word", () => {
  for (const body of ["", "<html>", "[]", "null", '{"error":7}', '{"error":{"status":"a b"}}']) {
    const outcome = readFcmAnswer({ status: 400, retryAfterMs: null, body });
    assert.deepEqual(outcome, { kind: "rejected", reason: "HTTP 400" });
  }
});
