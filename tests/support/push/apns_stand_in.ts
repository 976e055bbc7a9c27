/**
 * Stands in for Apple's push service: HTTP/2 over TLS, with its paths, headers, checks and errors.
 * Left alone it takes whatever Apple would take. A test may script other behaviour for the next
 * requests with {@link ApnsStandIn.script}.
 */
import { Buffer } from "node:buffer";
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { ManualClock } from "../../../shared/clock.ts";
import { withDeadline } from "../scripted_link.ts";
import type { TestAuthority } from "../../../shared/test_support/certificates.ts";
import { Inbox } from "./inbox.ts";
import { TlsFront } from "./tls_front.ts";

export interface ApnsRequest {
  readonly headers: IncomingHttpHeaders;
  readonly token: string;
  readonly body: string;
  /** What authorised it: the token's issue time in seconds, or the client certificate's name. */
  readonly by: number | string | null;
  /** Connections are numbered from 1. */
  readonly connection: number;
  readonly status: number | null;
}

/** What to do with a request instead of judging it as Apple would. */
export type ApnsScript =
  /** Nothing special. */
  | "judge"
  | { readonly status: number; readonly reason: string; readonly retryAfter?: string }
  /** Never answers. */
  | "hang"
  /** Cuts the connection off in the middle of the request. */
  | "drop"
  /** Says that the connection ends, and that this request was not looked at. */
  | "goaway";

export interface ApnsStandInOptions {
  readonly authority: TestAuthority;
  readonly clock: ManualClock;
  /**
   * By what it knows senders. It answers those whose certificate it does not know, as Apple does;
   * "TLS certificate" ends the connection for those who have none.
   */
  readonly auth?: "token" | "certificate" | "TLS certificate";
  readonly maxStreams?: number;
  readonly port?: number;
  readonly key?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

export const APNS_KEY_ID = "ABC1234567";
export const APNS_TEAM_ID = "DEF7654321";
export const APNS_TOPIC = "com.example.teamtalk";
const TOKEN_HOUR_SEC = 3600;
const MAX_PAYLOAD_BYTES = 4096;

export class ApnsStandIn implements AsyncDisposable {
  readonly port: number;
  readonly inbox = new Inbox<ApnsRequest>("the stand-in of APNs");
  /** The key that senders sign with, in PEM. */
  readonly keyPem: string;
  readonly key: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly #server: Http2Server;
  readonly #front: TlsFront;
  readonly #options: ApnsStandInOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #scripts: ApnsScript[] = [];
  readonly #held = new Set<ServerHttp2Stream>();
  #connections = 0;
  /** Requests that are being dealt with, and the most there ever were. */
  #open = 0;
  mostOpen = 0;

  private constructor(server: Http2Server, front: TlsFront, options: ApnsStandInOptions) {
    this.#server = server;
    this.#front = front;
    this.#options = options;
    this.port = front.port;
    this.key = options.key ?? newKey();
    this.keyPem = this.key.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    server.on("sessionError", () => {/* resets are part of the play */});
    server.on("session", (session) => {
      const connection = ++this.#connections;
      const { remotePort = 0 } = session.socket;
      this.#sessions.add(session);
      session.on("error", () => {/* as above */});
      session.on("close", () => this.#sessions.delete(session));
      session.on("stream", (stream, headers) => {
        this.#accept(stream, { headers, connection, remotePort });
      });
    });
  }

  static async start(options: ApnsStandInOptions): Promise<ApnsStandIn> {
    const { authority, maxStreams = 100, auth = "token" } = options;
    const server = createServer({ settings: { maxConcurrentStreams: maxStreams } });
    await withDeadline("a listener", (resolve) => void server.listen(0, "127.0.0.1", resolve));
    const front = await TlsFront.start({
      ...authority.issueServer(["localhost"]),
      port: options.port ?? 0,
      targetPort: (server.address() as { port: number }).port,
      clientAuthority: auth === "token" ? null : authority.cert,
      requireClientCert: auth === "TLS certificate",
    });
    return new ApnsStandIn(server, front, options);
  }

  get host(): string {
    return `localhost:${this.port}`;
  }

  get connections(): number {
    return this.#connections;
  }

  /** What to do with the next requests, one each. */
  script(...scripts: readonly ApnsScript[]): void {
    this.#scripts.push(...scripts);
  }

  /** Answers all requests that hang with success. */
  release(): void {
    for (const stream of this.#held) this.#respond(stream, 200, "");
    this.#held.clear();
  }

  /** Allows so many requests at a time from now on. */
  allow(maxStreams: number): void {
    for (const session of this.#sessions) session.settings({ maxConcurrentStreams: maxStreams });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#front[Symbol.asyncDispose]();
    for (const session of this.#sessions) session.destroy();
    await withDeadline("the end of a listener", (resolve) => this.#server.close(() => resolve()));
  }

  #accept(
    stream: ServerHttp2Stream,
    from: {
      readonly headers: IncomingHttpHeaders;
      readonly connection: number;
      readonly remotePort: number;
    },
  ): void {
    this.mostOpen = Math.max(this.mostOpen, ++this.#open);
    let body = "";
    stream.setEncoding("utf8");
    stream.on("data", (part: string) => body += part);
    stream.on("error", () => {/* as above */});
    stream.on("close", () => {
      this.#open--;
      this.#held.delete(stream);
    });
    const certificateName = this.#front.clientName(from.remotePort);
    // Not within the event: what a test does next may close the connection, which crashes Deno then.
    stream.on("end", () => {
      setImmediate(() => this.#handle(stream, { ...from, body, certificateName }));
    });
  }

  #handle(stream: ServerHttp2Stream, got: Got): void {
    if (stream.destroyed) return; // With its connection, because of another request.
    const next = this.#scripts.shift();
    const script = next === "judge" ? undefined : next;
    const verdict = typeof script === "object" ? script : this.#judge(got);
    const { headers, body, connection } = got;
    this.inbox.add({
      headers,
      token: String(headers[":path"]).split("/").at(-1)!,
      body,
      by: this.#options.auth === "certificate" ? got.certificateName : issuedAt(headers),
      connection,
      status: typeof script === "string" ? null : verdict.status,
    });
    if (script === "hang") this.#held.add(stream);
    else if (script === "drop") this.#front.drop();
    else if (script === "goaway") stream.session?.goaway(0, stream.id! - 2);
    else this.#respond(stream, verdict.status, verdict.reason, verdict.retryAfter);
  }

  #respond(stream: ServerHttp2Stream, status: number, reason: string, retryAfter?: string): void {
    if (stream.destroyed) return;
    stream.respond({
      ":status": status,
      ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
    });
    stream.end(status === 200 ? "" : JSON.stringify({ reason }));
  }

  /** As Apple judges a request. */
  #judge(got: Got): { status: number; reason: string; retryAfter?: string } {
    const { headers, body } = got;
    const fail = (status: number, reason: string) => ({ status, reason });
    if (headers[":method"] !== "POST") return fail(405, "MethodNotAllowed");
    const [, version, kind, token = ""] = String(headers[":path"]).split("/");
    if (version !== "3" || kind !== "device") return fail(404, "BadPath");
    if (!/^[0-9a-f]{64,}$/.test(token)) return fail(400, "BadDeviceToken");
    if (Buffer.byteLength(body) > MAX_PAYLOAD_BYTES) return fail(413, "PayloadTooLarge");
    const problem = this.#authProblem(got) ?? headerProblem(headers);
    if (problem !== null) return problem;
    const { aps } = JSON.parse(body);
    if (typeof aps !== "object") return fail(400, "PayloadEmpty");
    return { status: 200, reason: "" };
  }

  #authProblem(
    { headers, certificateName }: Got,
  ): { status: number; reason: string } | null {
    const fail = (reason: string) => ({ status: 403, reason });
    if (this.#options.auth === "certificate") {
      return certificateName === null ? fail("BadCertificate") : null;
    }
    const [scheme, jwt = ""] = String(headers.authorization ?? "").split(" ");
    if (scheme !== "bearer") return fail("MissingProviderToken");
    const [head = "", claims = "", signature = ""] = jwt.split(".");
    const key = { key: this.key.publicKey, dsaEncoding: "ieee-p1363" } as const;
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${claims}`),
      key,
      Buffer.from(signature, "base64url"),
    );
    const { alg, kid } = parsePart(head);
    const { iss, iat } = parsePart(claims);
    const isOurs = alg === "ES256" && kid === APNS_KEY_ID && iss === APNS_TEAM_ID;
    if (!isSigned || !isOurs) return fail("InvalidProviderToken");
    const ageSec = this.#options.clock.nowMs() / 1000 - Number(iat);
    if (Math.abs(ageSec) > TOKEN_HOUR_SEC) return fail("ExpiredProviderToken");
    return headers["apns-topic"] === undefined ? { status: 400, reason: "MissingTopic" } : null;
  }
}

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly connection: number;
  /** Of a certificate that can be trusted. */
  readonly certificateName: string | null;
}

function headerProblem(headers: IncomingHttpHeaders): { status: number; reason: string } | null {
  const fail = (reason: string) => ({ status: 400, reason });
  const topic = headers["apns-topic"];
  if (topic !== undefined && topic !== APNS_TOPIC) return fail("TopicDisallowed");
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(headers["apns-id"]))) {
    return fail("BadMessageId");
  }
  if (String(headers["apns-collapse-id"] ?? "").length > 64) return fail("BadCollapseId");
  if (headers["apns-push-type"] !== "alert") return fail("InvalidPushType");
  if (!/^(1|5|10)$/.test(String(headers["apns-priority"]))) return fail("BadPriority");
  return /^\d+$/.test(String(headers["apns-expiration"])) ? null : fail("BadExpirationDate");
}

function issuedAt(headers: IncomingHttpHeaders): number | null {
  const claims = String(headers.authorization ?? "").split(".")[1];
  return claims === undefined ? null : Number(parsePart(claims).iat);
}

function parsePart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return {};
  }
}

function newKey(): { privateKey: KeyObject; publicKey: KeyObject } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
