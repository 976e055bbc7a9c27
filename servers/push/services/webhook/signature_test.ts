import assert from "node:assert/strict";
import { signedHeaders, webhookKey } from "./signature.ts";

Deno.test("signedHeaders() signs as the Standard Webhooks libraries verify", () => {
  // The example that these libraries test themselves with.
  const key = webhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
  const headers = signedHeaders(key, {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestampSec: 1614265330,
    body: '{"test": 2432232314}',
  });
  assert.deepEqual(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

Deno.test("webhookKey() takes any text as it is, and refuses base64 that is none", () => {
  assert.deepEqual(webhookKey("s3cret"), new TextEncoder().encode("s3cret"));
  for (const secret of ["whsec_", "whsec_***"]) assert.equal(webhookKey(secret), null);
});
