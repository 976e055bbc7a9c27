import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { systemClock } from "../../../shared/clock.ts";
import { HttpFailure, HttpPoster, MAX_ANSWER_BYTES } from "./http_poster.ts";

/** Runs a server and a poster for it. */
async function withServer(
  listener: RequestListener,
  run: (origin: string, poster: HttpPoster) => Promise<void>,
): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const poster = new HttpPoster({ trustedCerts: "", clock: systemClock });
  try {
    await run(`http://127.0.0.1:${port}`, poster);
  } finally {
    poster.stop();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const REQUEST = { headers: { "content-type": "text/plain" }, body: "hello" };

Deno.test("HttpPoster, gives status, wait and body of an answer", async () => {
  await withServer((request, response) => {
    response.writeHead(503, { "retry-after": "7" });
    request.pipe(response);
  }, async (origin, poster) => {
    const answer = await poster.post(origin, REQUEST);
    assert.deepEqual(answer, { status: 503, retryAfterMs: 7000, body: "hello" });
  });
});

Deno.test("HttpPoster, reads no more of an answer than it has to", async () => {
  await withServer((_request, response) => {
    const chunk = "x".repeat(16 * 1024);
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", write);
    write(); // Without end.
  }, async (origin, poster) => {
    const { body } = await poster.post(origin, REQUEST);
    assert.ok(body.length <= MAX_ANSWER_BYTES, String(body.length));
  });
});

Deno.test("HttpPoster, says why there is no answer, without the address", async () => {
  await withServer(() => assert.fail("nobody asks"), async (_origin, poster) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const posted = poster.post(`http://127.0.0.1:${port}/?secret=1`, REQUEST);
    await assert.rejects(posted, (error: Error) => {
      assert.ok(error instanceof HttpFailure);
      assert.match(error.message, /^client error \(Connect\)/);
      assert.doesNotMatch(error.message, /secret|http:/);
      return true;
    });
  });
});

Deno.test("HttpPoster, ends requests under way when it stops, and takes no more", async () => {
  const arrived = Promise.withResolvers<void>();
  await withServer(() => arrived.resolve(), async (origin, poster) => {
    const pending = poster.post(origin, REQUEST);
    await arrived.promise;
    poster.stop();
    await assert.rejects(pending, new HttpFailure("stopped"));
    await assert.rejects(poster.post(origin, REQUEST), new HttpFailure("stopped"));
  });
});
