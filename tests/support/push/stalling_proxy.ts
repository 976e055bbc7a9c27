/** A relay in front of a server, which a test makes swallow everything, as a dead network does. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { withDeadline } from "../scripted_link.ts";

export class StallingProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
  }

  static async start(targetPort: number): Promise<StallingProxy> {
    const server = createServer();
    await withDeadline("a listener", (resolve) => void server.listen(0, "127.0.0.1", resolve));
    const proxy = new StallingProxy(server);
    server.on("connection", (near: Socket) => {
      const far = connect({ host: "127.0.0.1", port: targetPort });
      for (const [from, to] of [[near, far], [far, near]] as const) {
        proxy.#sockets.add(from);
        from.on("data", (chunk) => void to.write(chunk));
        from.on("error", () => {/* "close" follows */});
        from.on("close", () => {
          proxy.#sockets.delete(from);
          to.destroy();
        });
      }
    });
    return proxy;
  }

  /** Nothing passes on the connections there are; new ones work. */
  stall(): void {
    for (const socket of this.#sockets) socket.removeAllListeners("data").resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await withDeadline("the end of a listener", (resolve) => this.#server.close(() => resolve()));
  }
}
