/**
 * push_server: hands notifications to the push services of the phones' makers (docs/spec/roles.md 10).
 *
 * msg_servers order pushes and are answered at once; a courier per service then gets them delivered.
 * The data are what waits to be delivered, one queue per service, and the tokens that a service has
 * called invalid. Nothing of it outlives the process.
 */
import { Dispatcher } from "../../shared/dispatch/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import {
  type Address,
  type Link,
  type LinkHandler,
  Liveness,
  type LivenessPolicy,
  OpenLinks,
  SERVER_LINK_LIMITS,
} from "../../shared/netlib/mod.ts";
import type { RoleDeps, RunningServer } from "../../shared/role.ts";
import { commands } from "./commands.ts";
import type { PushConfig } from "./config.ts";
import { msgServerCaller } from "./context.ts";
import { type Couriers, PushDesk } from "./push_desk.ts";
import { Courier } from "./queue/courier.ts";
import { createApnsService } from "./services/apns/apns_service.ts";
import { createFcmService } from "./services/fcm/fcm_service.ts";
import type { PushService } from "./services/push_service.ts";
import { createWebhookService } from "./services/webhook/webhook_service.ts";

/** On this link only the msg_server originates heartbeats (docs/spec/wire.md 3). */
const LINK_POLICY: LivenessPolicy = { maxSilentSec: 30, heartbeatAfterSec: null };
const SERVER_STOPS = "server stops";

/** @throws {ListenError} when an address cannot be bound; nothing is left open then */
export async function startPushServer(
  config: PushConfig,
  deps: RoleDeps,
): Promise<RunningServer<"msgServer">> {
  const { clock, log } = deps;
  const network = linkNetwork({ ...deps, role: "P", admits: ["M"], security: config.linkSecurity });
  // What was opened last is closed first: listeners, then links, then what waits to be delivered.
  await using opened = new AsyncDisposableStack();
  const couriers = createCouriers(config, deps);
  opened.defer(() => stopCouriers(couriers));
  const desk = new PushDesk(couriers, log);
  const liveness = new Liveness(clock);
  opened.defer(() => liveness.stop());
  const links = new OpenLinks();
  opened.defer(() => links.closeAll(clock, SERVER_STOPS));
  const dispatcher = new Dispatcher(commands, log);

  const accept = (link: Link): LinkHandler => {
    const caller = msgServerCaller(link, desk);
    links.add(link);
    liveness.watch(link, LINK_POLICY);
    log.info("link opened", { linkId: link.id, remote: link.remote });
    return {
      frame(_link, frame) {
        const outcome = dispatcher.dispatch(caller, frame);
        if (outcome === "unknown") link.close("it sent a command that is not for push_server");
      },
      closed(_link, reason) {
        links.remove(link);
        if (reason === SERVER_STOPS) return;
        log.warn("link lost", { linkId: link.id, remote: link.remote, reason });
      },
    };
  };

  const limits = {
    ...SERVER_LINK_LIMITS,
    maxFrameBytes: config.maxPduBytes,
    maxLinks: config.maxConnCnt,
  };
  const bound: Address[] = [];
  for (const address of config.listen) {
    const listener = await network.listen(address, limits, accept);
    opened.defer(() => listener.stop());
    bound.push(listener.address);
  }
  const addresses = { msgServer: bound[0]! };
  log.info("listening", addresses);
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, stop, [Symbol.asyncDispose]: stop };
}

function createCouriers(config: PushConfig, deps: RoleDeps): Couriers {
  const courier = (service: PushService | null): Courier | null =>
    service && new Courier(service, config, deps);
  return {
    apns: courier(config.apns && createApnsService(config.apns, deps)),
    fcm: courier(config.fcm && createFcmService(config.fcm, deps)),
    webhook: courier(config.webhook && createWebhookService(config.webhook, deps)),
  };
}

/** All at once: together they may take no longer than one of them. */
async function stopCouriers({ apns, fcm, webhook }: Couriers): Promise<void> {
  await Promise.all([apns?.stop(), fcm?.stop(), webhook?.stop()]);
}
