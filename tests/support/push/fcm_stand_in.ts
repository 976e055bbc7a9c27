/**
 * Stands in for Google: its token endpoint, which checks the signed statement, and FCM's HTTP v1
 * interface, which checks the token and the message. A test may script other behaviour.
 */
import { Buffer } from "node:buffer";
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import type { ManualClock } from "../../../shared/clock.ts";
import {
  type HttpBehaviour,
  type HttpReply,
  type HttpRequest,
  HttpStandIn,
} from "./http_stand_in.ts";
import { Inbox } from "./inbox.ts";

export interface FcmRequest {
  // deno-lint-ignore no-explicit-any -- whatever was sent.
  readonly message: any;
  readonly accessToken: string;
}

const PROJECT = "teamtalk-test";
const EMAIL = "push@teamtalk-test.iam.gserviceaccount.com";
const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

export class FcmStandIn implements AsyncDisposable {
  readonly inbox = new Inbox<FcmRequest>("the stand-in of FCM");
  /** The statements by which access tokens were asked for. */
  readonly tokenRequests = new Inbox<{ readonly iat: number }>("the token endpoint");
  readonly #clock: ManualClock;
  readonly #key: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly #scripts: HttpBehaviour[] = [];
  readonly #tokenScripts: HttpBehaviour[] = [];
  /** Access tokens that are good, and until when, in milliseconds. */
  readonly #accessTokens = new Map<string, number>();
  #http: HttpStandIn | null = null;
  #issued = 0;

  private constructor(clock: ManualClock, privateKey: KeyObject) {
    this.#clock = clock;
    this.#key = { privateKey, publicKey: createPublicKey(privateKey) };
  }

  /** `key` is the account's; making one takes so long that a file of tests shares it. */
  static async start(clock: ManualClock, key: KeyObject): Promise<FcmStandIn> {
    const standIn = new FcmStandIn(clock, key);
    await standIn.open();
    return standIn;
  }

  get origin(): string {
    return this.#http!.origin;
  }

  /** The file that Google's console would give out for the account. */
  get serviceAccount(): string {
    return JSON.stringify({
      type: "service_account",
      project_id: PROJECT,
      private_key: this.#key.privateKey.export({ type: "pkcs8", format: "pem" }),
      client_email: EMAIL,
      token_uri: `${this.origin}/token`,
    });
  }

  /** What to do with the next messages, one each. */
  script(...scripts: readonly HttpBehaviour[]): void {
    this.#scripts.push(...scripts);
  }

  /** What to do with the next requests for an access token, one each. */
  scriptToken(...scripts: readonly HttpBehaviour[]): void {
    this.#tokenScripts.push(...scripts);
  }

  /** No access token that was given out is good any more. */
  revoke(): void {
    this.#accessTokens.clear();
  }

  /** Goes away; {@link open} comes back at the same port. */
  async close(): Promise<void> {
    await this.#http![Symbol.asyncDispose]();
  }

  async open(): Promise<void> {
    const behave = (request: HttpRequest): HttpBehaviour =>
      request.path === "/token" ? this.#tokenEndpoint(request) : this.#send(request);
    this.#http = await HttpStandIn.start(behave, this.#http?.port ?? 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #tokenEndpoint({ method, headers, body }: HttpRequest): HttpBehaviour {
    const form = new URLSearchParams(body);
    const [head = "", claimsPart = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const claims = parsePart(claimsPart);
    this.tokenRequests.add({ iat: Number(claims.iat) });
    const script = this.#tokenScripts.shift();
    if (script !== undefined) return script;
    const isForm = headers["content-type"] === "application/x-www-form-urlencoded";
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${claimsPart}`),
      this.#key.publicKey,
      Buffer.from(signature, "base64url"),
    );
    const nowSec = Math.floor(this.#clock.nowMs() / 1000);
    const isGood = method === "POST" && isForm && form.get("grant_type") === GRANT && isSigned &&
      parsePart(head).alg === "RS256" && claims.iss === EMAIL && claims.scope === SCOPE &&
      claims.aud === `${this.origin}/token` && Number(claims.iat) <= nowSec &&
      Number(claims.exp) > nowSec && Number(claims.exp) <= Number(claims.iat) + 3600;
    if (!isGood) return json(400, { error: "invalid_grant", error_description: "bad statement" });
    const access_token = `access-token-${++this.#issued}`;
    this.#accessTokens.set(access_token, this.#clock.nowMs() + 3_599_000);
    return json(200, { access_token, expires_in: 3599, token_type: "Bearer" });
  }

  #send({ method, path, headers, body }: HttpRequest): HttpBehaviour {
    const accessToken = String(headers.authorization ?? "").replace(/^Bearer /, "");
    const { message } = JSON.parse(body);
    this.inbox.add({ message, accessToken });
    const script = this.#scripts.shift();
    if (script !== undefined) return script;
    if (method !== "POST" || path !== `/v1/projects/${PROJECT}/messages:send`) {
      return fcmError(404, "NOT_FOUND");
    }
    const goodUntilMs = this.#accessTokens.get(accessToken) ?? 0;
    if (goodUntilMs <= this.#clock.nowMs()) return fcmError(401, "UNAUTHENTICATED");
    const texts = Object.values(message.data ?? {}).every((value) => typeof value === "string");
    const isMessage = typeof message.token === "string" && texts &&
      /^\d+s$/.test(message.android.ttl) && /^(HIGH|NORMAL)$/.test(message.android.priority);
    if (!isMessage) return fcmError(400, "INVALID_ARGUMENT");
    return json(200, { name: `projects/${PROJECT}/messages/1` });
  }
}

export function newFcmKey(): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

/** An error as FCM words it. */
export function fcmError(
  status: number,
  name: string,
  { errorCode, retryAfter }: { readonly errorCode?: string; readonly retryAfter?: string } = {},
): HttpReply {
  const details = errorCode === undefined ? [] : [{ "@type": FCM_ERROR, errorCode }];
  const reply = json(status, { error: { code: status, message: name, status: name, details } });
  return retryAfter === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, "retry-after": retryAfter } };
}

function json(status: number, body: unknown): HttpReply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function parsePart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return {};
  }
}
