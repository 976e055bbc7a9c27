/** Ports for servers that are started again on the same one: below those of outgoing connections. */
import { createServer } from "node:net";

const RANGE = { from: 12_000, to: 32_000 };

/** As many different ports of 127.0.0.1 on which nobody listens at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
    if (!found.has(port) && await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}
