/**
 * TLS in front of a server that speaks HTTP/2 without it.
 *
 * It passes everything on but the GOAWAY with which a client takes its leave: `node:http2` of Deno
 * 2.9.6 frees a connection while it still reads such a frame, and the process crashes. The server
 * sees the connection end instead.
 */
import { Buffer } from "node:buffer";
import { connect as connectTcp } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { withDeadline } from "../scripted_link.ts";
import type { TestCertificate } from "../../../shared/test_support/certificates.ts";

const FRAME_HEAD_BYTES = 9;
const GOAWAY = 7;
/** What an HTTP/2 client sends before its first frame. */
const PREFACE_BYTES = 24;

export interface TlsFrontOptions extends TestCertificate {
  readonly port: number;
  readonly targetPort: number;
  /** Whose certificates clients may have; `null` asks for none. */
  readonly clientAuthority: string | null;
  /** Whether those without one are sent away. */
  readonly requireClientCert: boolean;
}

export class TlsFront implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  /** Names in the certificates of clients, by the port from which their bytes go on. */
  readonly #names = new Map<number, string>();

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
    server.on("tlsClientError", () => {/* the client hears of it */});
    server.on("secureConnection", (socket: TLSSocket) => this.#accept(socket, targetPort));
  }

  static async start(options: TlsFrontOptions): Promise<TlsFront> {
    const { cert, key, port, targetPort, clientAuthority, requireClientCert } = options;
    const server = createServer({
      cert,
      key,
      ALPNProtocols: ["h2"],
      ...(clientAuthority === null ? {} : { ca: clientAuthority, requestCert: true }),
      rejectUnauthorized: requireClientCert,
    });
    await withDeadline("a listener", (resolve) => void server.listen(port, "127.0.0.1", resolve));
    return new TlsFront(server, targetPort);
  }

  /** The name in the certificate of a client, `null` when it has none that can be trusted. */
  clientName(fromPort: number): string | null {
    return this.#names.get(fromPort) ?? null;
  }

  /** Cuts all connections off. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await withDeadline("the end of a listener", (resolve) => this.#server.close(() => resolve()));
  }

  #accept(near: TLSSocket, targetPort: number): void {
    this.#sockets.add(near);
    const far = connectTcp({ host: "127.0.0.1", port: targetPort });
    const subject = near.authorized ? near.getPeerCertificate().subject : undefined;
    far.on("connect", () => {
      if (subject !== undefined) this.#names.set(far.localPort!, String(subject.CN));
    });
    near.on("data", withoutGoaway((bytes) => void far.write(bytes)));
    far.on("data", (chunk) => void near.write(chunk));
    for (const socket of [near, far]) socket.on("error", () => {/* "close" follows */});
    near.on("close", () => {
      this.#sockets.delete(near);
      far.destroy();
    });
    far.on("close", () => near.destroy());
  }
}

/** Cuts a stream into frames and passes on all but one kind. */
function withoutGoaway(pass: (bytes: Uint8Array) => void): (chunk: Uint8Array) => void {
  let buffered = Buffer.alloc(0);
  let isBegun = false;
  return (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    if (!isBegun && buffered.length >= PREFACE_BYTES) {
      isBegun = true;
      pass(buffered.subarray(0, PREFACE_BYTES));
      buffered = buffered.subarray(PREFACE_BYTES);
    }
    while (isBegun && buffered.length >= FRAME_HEAD_BYTES) {
      const length = FRAME_HEAD_BYTES + buffered.readUIntBE(0, 3);
      if (buffered.length < length) break;
      if (buffered[3] !== GOAWAY) pass(buffered.subarray(0, length));
      buffered = buffered.subarray(length);
    }
  };
}
