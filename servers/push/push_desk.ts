/** Which service an order goes to: by the kind of terminal, and by what is configured. */
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_IOS, type ClientType } from "../../proto/mod.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Courier } from "./queue/courier.ts";
import type { PushOrder } from "./services/push_service.ts";

export interface Couriers {
  readonly apns: Courier | null;
  readonly fcm: Courier | null;
  readonly webhook: Courier | null;
}

export class PushDesk {
  readonly #courierOf: ReadonlyMap<ClientType, Courier>;

  /** A terminal whose own service is not configured gets its pushes through the webhook. */
  constructor({ apns, fcm, webhook }: Couriers, log: Logger) {
    const courierOf = new Map<ClientType, Courier>();
    const assign = (clientType: ClientType, name: string, courier: Courier | null): void => {
      if (courier !== null) courierOf.set(clientType, courier);
      // Said once, here: each push of that kind would be the same line again.
      else log.warn("no push service is configured; pushes are refused", { terminals: name });
    };
    assign(CLIENT_TYPE_IOS, "ios", apns ?? webhook);
    assign(CLIENT_TYPE_ANDROID, "android", fcm ?? webhook);
    this.#courierOf = courierOf;
  }

  /** Takes an order. False when it can never be delivered, or not at present. */
  accept(order: PushOrder): boolean {
    return this.#courierOf.get(order.clientType)?.accept(order).ok ?? false;
  }
}
