import assert from "node:assert/strict";
import { HttpError } from "fresh";
import { MAX_BODIES_BYTES, MAX_BODY_BYTES, MAX_REQUESTS, RequestLimits } from "./request_limits.ts";

function post(bytes: number): Request {
  const body = ReadableStream.from([new Uint8Array(bytes - 1), new Uint8Array(1)]);
  return new Request("http://localhost/", { method: "POST", body });
}

async function lengthOf(request: Request): Promise<Response> {
  return Response.json((await request.arrayBuffer()).byteLength);
}

function isHttpError(status: number): (error: unknown) => boolean {
  return (error) => error instanceof HttpError && error.status === status;
}

Deno.test("RequestLimits, a body of the largest size passes, one byte more is 413", async () => {
  const limits = new RequestLimits();
  const response = await limits.run(post(MAX_BODY_BYTES), lengthOf);
  assert.equal(await response.json(), MAX_BODY_BYTES);
  await assert.rejects(limits.run(post(MAX_BODY_BYTES + 1), lengthOf), isHttpError(413));
});

Deno.test("RequestLimits, too many bytes at a time are 503, and possible again later", async () => {
  const limits = new RequestLimits();
  const gate = Promise.withResolvers<void>();
  const size = MAX_BODIES_BYTES / 8;
  const held = Array.from({ length: 8 }, () =>
    limits.run(post(size), async (request) => {
      const response = await lengthOf(request);
      await gate.promise;
      return response;
    }));
  // Nine requests whose bodies are read at the same time: whichever comes last does not fit.
  await assert.rejects(Promise.all([...held, limits.run(post(size), lengthOf)]), isHttpError(503));
  gate.resolve();
  await Promise.allSettled(held);
  assert.equal(await (await limits.run(post(size), lengthOf)).json(), size);
});

Deno.test("RequestLimits, too many requests at a time are 503, and possible again later", async () => {
  const limits = new RequestLimits();
  const gate = Promise.withResolvers<void>();
  const ask = () =>
    limits.run(new Request("http://localhost/"), async () => {
      await gate.promise;
      return new Response("answered");
    });
  const held = Array.from({ length: MAX_REQUESTS }, ask);
  assert.equal((await ask()).status, 503);
  gate.resolve();
  for (const response of await Promise.all(held)) assert.equal(response.status, 200);
  assert.equal((await ask()).status, 200);
});
