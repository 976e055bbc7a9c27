import { CID_INTERNAL_HELLO, IMInternalHello } from "../../proto/mod.ts";
import type { Clock } from "../../shared/clock.ts";
import { FEATURE_FIGURES, ROLE_ROUTE_SERVER } from "../../shared/management/features.ts";
import { closeLinks } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import type { RouteCaller } from "./context.ts";

/** All open links, in the order in which they connected. */
export class RouteLinks {
  readonly #callers = new Set<RouteCaller>();
  readonly #byId = new Map<number, RouteCaller>();
  /** Whether an http_msg_server was here: then it matters who the msg_servers are. */
  #asksNames = false;
  #allClosed: (() => void) | null = null;

  [Symbol.iterator](): Iterator<RouteCaller> {
    return this.#callers.values();
  }

  /** Whether some msg_server uses another route_server. */
  get hasSlave(): boolean {
    for (const { isSlave } of this.#callers) if (isSlave) return true;
    return false;
  }

  get(linkId: number): RouteCaller | undefined {
    return this.#byId.get(linkId);
  }

  add(caller: RouteCaller): void {
    this.#callers.add(caller);
    this.#byId.set(caller.link.id, caller);
    if (this.#asksNames) sayHello(caller);
  }

  /** Asks those who are connected, and who will be, for their names (docs/internal.md 1). */
  askNames(): void {
    if (this.#asksNames) return;
    this.#asksNames = true;
    for (const caller of this.#callers) if (!caller.isObserver) sayHello(caller);
  }

  /** To be called when the link has told that it is closed. */
  remove(caller: RouteCaller): void {
    this.#callers.delete(caller);
    this.#byId.delete(caller.link.id);
    if (this.#callers.size === 0) this.#allClosed?.();
  }

  sendToAll(frame: Uint8Array): void {
    for (const { isObserver, link } of this.#callers) if (!isObserver) link.send(frame);
  }

  sendToOthers(origin: RouteCaller, frame: Uint8Array): void {
    for (const caller of this.#callers) {
      if (caller !== origin && !caller.isObserver) caller.link.send(frame);
    }
  }

  /** Closes every link; resolves when their output has left and all have told that they closed. */
  async closeAll(clock: Clock, reason: string): Promise<void> {
    if (this.#callers.size === 0) return;
    const allClosed = new Promise<void>((resolve) => this.#allClosed = resolve);
    await closeLinks(Array.from(this.#callers, ({ link }) => link), { clock, reason });
    await allClosed;
  }
}

function sayHello({ link }: RouteCaller): void {
  const hello = IMInternalHello.encode({
    role: ROLE_ROUTE_SERVER,
    server_name: "route_server",
    feature_list: [FEATURE_FIGURES],
  });
  link.send(buildFrame(CID_INTERNAL_HELLO, 0, hello));
}
