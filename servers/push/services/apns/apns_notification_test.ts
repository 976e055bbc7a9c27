import assert from "node:assert/strict";
import { CLIENT_TYPE_IOS } from "../../../../proto/mod.ts";
import type { PushOrder } from "../push_service.ts";
import {
  admitApns,
  apnsHeaders,
  apnsPath,
  apnsPayload,
  MAX_APNS_BYTES,
} from "./apns_notification.ts";

const ORDER: PushOrder = {
  userId: 7,
  clientType: CLIENT_TYPE_IOS,
  token: "0123456789abcdef".repeat(4),
  text: "ann:hello",
  custom: '{"from_id":3,"msg_type":1}',
  badge: 12,
  kind: "alert",
};
const SILENT: PushOrder = { ...ORDER, kind: "silent" };

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

Deno.test("apnsPayload() has the members of the original, in its order", () => {
  assert.equal(
    apnsPayload(ORDER),
    '{"aps":{"alert":{"body":"ann:hello"},"badge":12,"sound":"bingbong.aiff"},' +
      '"custom":"{\\"from_id\\":3,\\"msg_type\\":1}"}',
  );
  assert.equal(
    apnsPayload(SILENT),
    '{"aps":{"badge":12},"custom":"{\\"from_id\\":3,\\"msg_type\\":1}"}',
  );
});

Deno.test("apnsPath() names the device in lower case", () => {
  assert.equal(apnsPath({ ...ORDER, token: "AB12" }), "/3/device/ab12");
});

Deno.test("apnsHeaders() say what kind of push it is, and until when it is of use", () => {
  const push = { id: "some-id", topic: null, expiresAtMs: 1_800_003_600_999, failures: 0 };
  assert.deepEqual(apnsHeaders({ ...push, order: ORDER }, "com.example.app"), {
    "apns-id": "some-id",
    "apns-collapse-id": "some-id",
    "apns-push-type": "alert",
    "apns-priority": "10",
    "apns-expiration": "1800003600",
    "apns-topic": "com.example.app",
  });
  const silent = apnsHeaders({ ...push, order: SILENT }, null);
  assert.equal(silent["apns-priority"], "5");
  assert.equal("apns-topic" in silent, false);
});

Deno.test("admitApns() shortens a text to what Apple takes, to the byte", () => {
  for (const text of ["x".repeat(5000), "你".repeat(2000), '"'.repeat(3000), "👨‍👩‍👧".repeat(300)]) {
    const admitted = admitApns({ ...ORDER, text });
    assert.ok(admitted.ok);
    const size = bytes(apnsPayload(admitted.value));
    assert.ok(size <= MAX_APNS_BYTES && size > MAX_APNS_BYTES - 20, String(size));
    assert.ok(admitted.value.text.endsWith("…"));
  }
  assert.deepEqual(admitApns(ORDER), { ok: true, value: ORDER });
});

Deno.test("admitApns() refuses what leaves no room for a text", () => {
  const custom = "x".repeat(
    MAX_APNS_BYTES - bytes(apnsPayload({ ...ORDER, text: "", custom: "" })),
  );
  assert.deepEqual(admitApns({ ...ORDER, custom }), { ok: false, refusal: "too large" });
  assert.ok(admitApns({ ...SILENT, custom }).ok);
  const huge = "x".repeat(MAX_APNS_BYTES);
  assert.deepEqual(admitApns({ ...SILENT, custom: huge }), { ok: false, refusal: "too large" });
  assert.ok(!admitApns({ ...SILENT, custom: '"'.repeat(3000) }).ok);
});

Deno.test("admitApns() takes hexadecimal tokens of 64 digits and more, and nothing else", () => {
  for (const token of [ORDER.token, ORDER.token.toUpperCase(), ORDER.token + "ab12"]) {
    assert.ok(admitApns({ ...ORDER, token }).ok, token);
  }
  const others = ["", "ab", ORDER.token.slice(1), `${ORDER.token}/../x`, "g".repeat(64)];
  for (const token of [...others, "a".repeat(1000), "é".repeat(64)]) {
    assert.deepEqual(admitApns({ ...ORDER, token }), { ok: false, refusal: "bad token" }, token);
  }
});
