/** A TCP network on which everything speaks TLS, with certificates of its own in a temporary folder. */
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import {
  createTestAuthority,
  type TestAuthority,
  type TestCertificate,
} from "../../test_support/certificates.ts";
import { TcpNetwork } from "../tcp_network.ts";
import type {
  Address,
  ConnectOptions,
  HttpHandler,
  HttpOptions,
  Link,
  LinkHandler,
  Listener,
  ListenOptions,
  LookupHandler,
  Network,
} from "../types.ts";

const SERVER_NAMES: readonly string[] = ["127.0.0.1", "localhost"];

/** Files of one authority, one server and one client; removed with it. */
export class CertificateFolder implements Disposable {
  readonly authority: TestAuthority;
  readonly #dir = Deno.makeTempDirSync();
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;

  constructor(authority: TestAuthority = createTestAuthority()) {
    this.authority = authority;
    this.caFile = this.write("ca.pem", authority.cert);
    this.certFile = join(this.#dir, "server.pem");
    this.keyFile = join(this.#dir, "server.key");
    this.writeServer(authority.issueServer(SERVER_NAMES));
  }

  /** What the listener of a test needs. */
  get listen() {
    return { certFile: this.certFile, keyFile: this.keyFile, clientCaFile: null };
  }

  /** What a connect of a test needs. */
  get connect() {
    return { caFile: this.caFile, serverName: null, certFile: null, keyFile: null };
  }

  /** A new certificate in the place of the server's. */
  writeServer({ cert, key }: TestCertificate): void {
    this.write("server.pem", cert);
    this.write("server.key", key);
  }

  /** A certificate by which a client is known, as files. */
  client(name = "client"): { readonly certFile: string; readonly keyFile: string } {
    const { cert, key } = this.authority.issueClient(name);
    return { certFile: this.write(`${name}.pem`, cert), keyFile: this.write(`${name}.key`, key) };
  }

  /** Path of a file with this text. */
  write(name: string, text: string): string {
    const path = join(this.#dir, name);
    Deno.writeTextFileSync(path, text);
    return path;
  }

  path(name: string): string {
    return join(this.#dir, name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#dir, { recursive: true });
  }
}

/** The folder is made with the first listener; {@link SecuredNetwork.end} removes it. */
export class SecuredNetwork implements Network {
  readonly #network = new TcpNetwork(systemClock);
  #folder: CertificateFolder | null = null;

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    this.#folder ??= new CertificateFolder();
    return this.#network.listen(address, { ...options, tls: this.#folder.listen }, accept);
  }

  connect(address: Address, options: ConnectOptions, handler: LinkHandler): Link {
    return this.#network.connect(address, { ...options, tls: this.#folder!.connect }, handler);
  }

  serveHttp(address: Address, handler: HttpHandler, options?: HttpOptions): Promise<Listener> {
    return this.#network.serveHttp(address, handler, options);
  }

  serveLookups(address: Address, handler: LookupHandler, options: HttpOptions): Promise<Listener> {
    return this.#network.serveLookups(address, handler, options);
  }

  end(): void {
    this.#folder?.[Symbol.dispose]();
    this.#folder = null;
  }
}
