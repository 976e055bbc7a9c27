/** One call of the management API on its way through a handler. */
import type { CredentialOwner, StorageFigures } from "../../../shared/storage/management.ts";
import type { HttpMsgContext } from "../context.ts";
import type { ProxyState } from "../links/backend_client.ts";
import type { ManageClient } from "../links/manage_client.ts";
import type { PresenceClient } from "../links/presence_client.ts";
import type { LoginThrottle } from "../state/login_throttle.ts";
import type { Sampler } from "../state/sampler.ts";
import type { SharedAnswer } from "../state/shared_answer.ts";

/** What handlers work with; one for the life of the server. */
export interface ApiServices extends HttpMsgContext {
  readonly manage: ManageClient;
  readonly presence: PresenceClient;
  readonly logins: LoginThrottle;
  readonly sampler: Sampler;
  readonly figures: SharedAnswer<StorageFigures>;
  readonly proxies: SharedAnswer<readonly ProxyState[]>;
  /** The OpenAPI document. */
  readonly document: () => Record<string, unknown>;
}

export interface ApiCall {
  readonly services: ApiServices;
  /** Unix seconds at which the request came. */
  readonly now: number;
  /** Address it came from. */
  readonly remote: string;
  /** What the caller's program calls itself; may be empty. */
  readonly agent: string;
  /** Whose credential was shown; `null` on public routes. */
  readonly who: CredentialOwner | null;
}
