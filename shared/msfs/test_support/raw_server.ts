/** A server that a test plays itself, byte by byte, one exchange per connection. */
import { createServer, type Socket } from "node:net";

export interface RawServer extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Each request as it came, as latin1 text. */
  readonly requests: readonly string[];
}

/** What to write back once `request` is whole; null to say nothing. It then ends the connection. */
export type Respond = (request: string, count: number) => Uint8Array | string | null;

export async function startRawServer(respond: Respond): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let text = "";
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {/* clients break connections on purpose */});
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!isWhole(text)) return;
      requests.push(text);
      const answer = respond(text, requests.length);
      if (answer !== null) socket.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    host: `127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isWhole(text: string): boolean {
  const head = text.split("\r\n\r\n", 1)[0]!;
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return text.includes("\r\n\r\n") && text.length >= head.length + 4 + length;
}
