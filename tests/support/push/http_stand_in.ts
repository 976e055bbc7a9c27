/** An HTTP server that a test plays: what stands in for FCM and for a webhook is made of it. */
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { withDeadline } from "../scripted_link.ts";

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** "hang" never answers, "drop" cuts the connection off. */
export type HttpBehaviour = HttpReply | "hang" | "drop";

export class HttpStandIn implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(
    behave: (request: HttpRequest) => HttpBehaviour,
    port = 0,
  ): Promise<HttpStandIn> {
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (part: string) => body += part);
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const behaviour = behave({ method, path: url, headers, body });
        if (behaviour === "drop") request.socket.destroy();
        else if (behaviour !== "hang") reply(response, behaviour);
      });
    });
    await withDeadline("a listener", (resolve) => void server.listen(port, "127.0.0.1", resolve));
    return new HttpStandIn(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await withDeadline("the end of a listener", (resolve) => this.#server.close(() => resolve()));
  }
}

function reply(response: ServerResponse, { status, headers = {}, body = "" }: HttpReply): void {
  response.writeHead(status, headers);
  response.end(body);
}
