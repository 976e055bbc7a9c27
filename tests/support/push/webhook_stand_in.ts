/** Stands in for an operator's own receiver of pushes, which checks the signature of each. */
import { createHmac } from "node:crypto";
import { type HttpBehaviour, type HttpRequest, HttpStandIn } from "./http_stand_in.ts";
import { Inbox } from "./inbox.ts";

export interface WebhookRequest {
  readonly id: string;
  readonly timestampSec: number;
  // deno-lint-ignore no-explicit-any -- whatever was sent.
  readonly body: any;
}

export const WEBHOOK_SECRET = "a secret of the operator";
const PATH = "/push?tenant=1";

export class WebhookStandIn implements AsyncDisposable {
  readonly inbox = new Inbox<WebhookRequest>("the webhook");
  readonly #scripts: HttpBehaviour[] = [];
  #http: HttpStandIn | null = null;

  static async start(): Promise<WebhookStandIn> {
    const standIn = new WebhookStandIn();
    standIn.#http = await HttpStandIn.start((request) => standIn.#behave(request));
    return standIn;
  }

  get url(): string {
    return this.#http!.origin + PATH;
  }

  script(...scripts: readonly HttpBehaviour[]): void {
    this.#scripts.push(...scripts);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#http![Symbol.asyncDispose]();
  }

  #behave({ method, path, headers, body }: HttpRequest): HttpBehaviour {
    const id = String(headers["webhook-id"]);
    const timestamp = String(headers["webhook-timestamp"]);
    this.inbox.add({ id, timestampSec: Number(timestamp), body: JSON.parse(body) });
    const script = this.#scripts.shift();
    if (script !== undefined) return script;
    if (method !== "POST" || path !== PATH) return { status: 404 };
    const hmac = createHmac("sha256", WEBHOOK_SECRET).update(`${id}.${timestamp}.${body}`);
    const isSigned = headers["webhook-signature"] === `v1,${hmac.digest("base64")}`;
    return { status: isSigned ? 204 : 401 };
  }
}
