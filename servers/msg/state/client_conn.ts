/**
 * One client connection. Life: *new* until its login request, *waiting* for db_proxy's answer,
 * *online*, and *gone* once it is closed or kicked; *refused* between db_proxy's no and the answer to
 * the client. Only online connections receive anything but the answer to their own login.
 */
import {
  CLIENT_TYPE_WINDOWS,
  type ClientType,
  USER_STATUS_ONLINE,
  type UserStatType,
} from "../../../proto/mod.ts";
import type { Timer } from "../../../shared/clock.ts";
import type { Auth, Caller } from "../../../shared/dispatch/mod.ts";
import type { Leave, Link, Watch } from "../../../shared/netlib/mod.ts";
import type { MsgServices } from "../services.ts";
import type { OnlineUser } from "./user_table.ts";

export type ConnState = "new" | "waiting" | "refused" | "online" | "gone";

export class ClientConn implements Caller {
  readonly link: Link;
  readonly watch: Watch;
  readonly services: MsgServices;
  state: ConnState = "new";
  /** What the login request said; meaningful from `waiting` on. */
  loginName = "";
  clientType: ClientType = CLIENT_TYPE_WINDOWS;
  onlineStatus: UserStatType = USER_STATUS_ONLINE;
  /** latest_update_time of the last request for all users (docs/spec/pitfalls.md P-LIM3). */
  usersSince = 0;
  /** Set while refused. */
  refusal: Timer | null = null;
  /** Set while online. */
  user: OnlineUser | null = null;

  #leaveNewcomers: Leave | null;

  constructor(
    link: Link,
    { watch, leave, services }: {
      readonly watch: Watch;
      readonly leave: Leave;
      readonly services: MsgServices;
    },
  ) {
    this.link = link;
    this.watch = watch;
    this.#leaveNewcomers = leave;
    this.services = services;
  }

  /** The never-reused number that travels in attach_data. */
  get id(): number {
    return this.link.id;
  }

  get auth(): Auth {
    return this.state === "online" ? "user" : "none";
  }

  /** Of the logged-in user; 0 before, which no handler for users ever sees. */
  get userId(): number {
    return this.user?.id ?? 0;
  }

  /** It wants to log in, or is closed. */
  leaveNewcomers(): void {
    this.#leaveNewcomers?.();
    this.#leaveNewcomers = null; // Who is in for hours need not keep it.
  }

  reply(frame: Uint8Array): void {
    this.link.send(frame);
  }
}
