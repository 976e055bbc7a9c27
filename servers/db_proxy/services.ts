/** What the handlers of db_proxy_server work with. One instance per task runner. */
import type { Call, Caller } from "../../shared/dispatch/mod.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { LatencyWindow } from "../../shared/management/latency.ts";
import type { Members, Storage } from "../../shared/storage/types.ts";
import type { UserPasswords } from "./passwords/user_passwords.ts";
import type { LoginGuard } from "./passwords/login_guard.ts";
import type { Directory } from "./directory.ts";
import type { Night } from "./state/night.ts";
import { sortedAsText } from "./state/text_order.ts";

export interface DbServices {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Logger;
  /** AES text of `[语音]`, shown as the last message of a session that ends with a sound. */
  readonly audioLabel: Uint8Array;
  readonly logins: LoginGuard;
  readonly passwords: UserPasswords;
  readonly memberLists: MemberLists;
  readonly directory: Directory;
  readonly night: Night;
  /** How long messages took to be stored; shared by all workers. */
  readonly stored: LatencyWindow;
}

/** Lets go of everything, when no task is under way any more. */
export async function closeServices({ passwords, storage }: DbServices): Promise<void> {
  await passwords.stop();
  await storage.close();
}

/** The server link a task came from. Every link to db_proxy belongs to a server. */
export interface TaskCaller extends Caller {
  readonly services: DbServices;
}

export type TaskCall = Call<TaskCaller>;

/**
 * Member lists in the text order the original sends them in (docs/spec/pitfalls.md Q-ORD2). A group
 * message asks for its list every time, so a sorted list is kept as long as its member map is.
 */
export class MemberLists {
  readonly #sorted = new WeakMap<Members, readonly number[]>();

  of(members: Members): readonly number[] {
    let list = this.#sorted.get(members);
    if (list === undefined) {
      list = sortedAsText(members.keys());
      this.#sorted.set(members, list);
    }
    return list;
  }
}
