/** HTTP listeners over `Deno.serve`. */
import {
  type Address,
  formatAddress,
  type HttpHandler,
  type Listener,
  ListenError,
} from "./types.ts";

/** Starts an HTTP listener. @throws {ListenError} when the address cannot be bound */
export function serveHttp(address: Address, handler: HttpHandler): Promise<Listener> {
  return new Promise((resolve, reject) => {
    try {
      const server = Deno.serve(
        {
          hostname: address.host,
          port: address.port,
          onListen: (bound) =>
            resolve({
              address: { host: address.host, port: bound.port },
              stop: () => server.shutdown(),
            }),
          onError: () => new Response(null, { status: 500 }),
        },
        (request, info) => handler(request, formatRemote(info.remoteAddr)),
      );
    } catch (error) {
      reject(new ListenError(address, asNodeError(error)));
    }
  });
}

function formatRemote(remote: Deno.Addr): string {
  return remote.transport === "tcp"
    ? formatAddress({ host: remote.hostname, port: remote.port })
    : remote.transport;
}

/** Gives Deno's own errors the code that `node:net` uses, so that both read alike. */
function asNodeError(error: unknown): unknown {
  if (error instanceof Deno.errors.AddrInUse) return Object.assign(error, { code: "EADDRINUSE" });
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return Object.assign(error, { code: "EADDRNOTAVAIL" });
  }
  return error;
}
