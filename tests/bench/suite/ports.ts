/** Free ports for a whole suite: those of `conf/`, all moved by the same number. */
import { createServer } from "node:net";

/** By what they are for, as in `conf/`. */
export const PORTS = {
  msg: 8000,
  loginClients: 8008,
  loginHttp: 8080,
  loginServers: 8100,
  route: 8200,
  httpMsg: 8400,
  push: 8500,
  fileClients: 8600,
  fileServers: 8601,
  msfs: 8700,
  admin: 8800,
  dbProxy: 10600,
} as const;

/** Offsets that keep all of them below the ports that systems give to outgoing connections. */
const OFFSETS = { from: 1000, to: 22_000 };

/** Somebody may take one of the ports before they are used; then another offset has to be tried. */
export async function freePortOffset(): Promise<number> {
  for (;;) {
    const span = OFFSETS.to - OFFSETS.from;
    const offset = OFFSETS.from + Math.floor(Math.random() * span);
    const free = await Promise.all(Object.values(PORTS).map((port) => isFree(port + offset)));
    if (free.every((one) => one)) return offset;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "0.0.0.0" }, () => server.close(() => resolve(true)));
  });
}
