/**
 * The two notifications of a change of presence, always in this order and to every link, the origin
 * too (docs/spec/flows.md 5): 0x070e is for the user's own mobile terminals, 0x0203 for every PC
 * client.
 */
import {
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
  IMServerPCLoginStatusNotify,
  IMUserStatNotify,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
  type UserStatType,
} from "../../proto/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import type { RouteCaller } from "./context.ts";
import type { RouteLinks } from "./route_links.ts";
import type { PresenceTable } from "./state/presence_table.ts";

/** COMPAT: 0x070e counts 1 and 0, unlike every other status here (Q-PCNUM). */
const PC_LOGGED_IN = 1;
const PC_LOGGED_OUT = 0;

export class PresenceNews {
  readonly #links: RouteLinks;
  readonly #presence: PresenceTable<RouteCaller>;

  constructor(links: RouteLinks, presence: PresenceTable<RouteCaller>) {
    this.#links = links;
    this.#presence = presence;
  }

  /** A PC terminal has logged in. */
  pcOnline(userId: number): void {
    this.#sendPcLogin(userId, PC_LOGGED_IN);
    this.#sendUserStat(userId, USER_STATUS_ONLINE);
  }

  /** A mobile terminal has logged in: it learns whether a PC is there (Q-PCON). */
  mobileOnline(userId: number): void {
    if (this.#presence.hasPc(userId)) this.#sendPcLogin(userId, PC_LOGGED_IN);
  }

  /** The last PC terminal has gone. */
  pcOffline(userId: number): void {
    if (this.#presence.has(userId)) this.#sendPcLogin(userId, PC_LOGGED_OUT);
    this.#sendUserStat(userId, USER_STATUS_OFFLINE);
  }

  #sendPcLogin(userId: number, loginStatus: number): void {
    const body = IMServerPCLoginStatusNotify.encode({ user_id: userId, login_status: loginStatus });
    this.#links.sendToAll(buildFrame(CID_OTHER_LOGIN_STATUS_NOTIFY, 0, body));
  }

  #sendUserStat(userId: number, status: UserStatType): void {
    const body = IMUserStatNotify.encode({ user_stat: { user_id: userId, status } });
    this.#links.sendToAll(buildFrame(CID_BUDDY_LIST_STATUS_NOTIFY, 0, body));
  }
}
