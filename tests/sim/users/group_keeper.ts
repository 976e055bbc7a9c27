/** Takes people into a group and out of it again, while others write in it. */
import { GROUP_MODIFY_TYPE_ADD, GROUP_MODIFY_TYPE_DEL } from "../../../proto/mod.ts";
import type { Random } from "../../../shared/random.ts";
import type { Ledger } from "../ledger.ts";
import type { SimUser } from "./sim_user.ts";

export interface GroupKeeperOptions {
  /** A terminal of the group's creator. */
  readonly terminal: SimUser;
  readonly groupId: number;
  /** Who come and go. */
  readonly guests: readonly number[];
  readonly random: Random;
  readonly ledger: Ledger;
}

const RESULT_OK = 0;
const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;

export class GroupKeeper {
  readonly #options: GroupKeeperOptions;

  constructor(options: GroupKeeperOptions) {
    this.#options = options;
  }

  /** Goes on as long as the terminal talks. */
  async keep(): Promise<void> {
    const { terminal, guests, random } = this.#options;
    while (terminal.isTalking) {
      await terminal.pause(MIN_PAUSE_MS, MAX_PAUSE_MS);
      const guest = guests[Math.floor(random.next() * guests.length)]!;
      if (terminal.isOnline && terminal.isTalking) await this.#change(guest);
    }
  }

  async #change(guest: number): Promise<void> {
    const { terminal, groupId, ledger } = this.#options;
    const membership = ledger.membershipOf(groupId);
    const wasIn = membership.has(guest);
    if (wasIn === null) return;
    membership.began(guest);
    try {
      const { result_code } = await terminal.client!.changeMembers({
        group_id: groupId,
        change_type: wasIn ? GROUP_MODIFY_TYPE_DEL : GROUP_MODIFY_TYPE_ADD,
        member_id_list: [guest],
      });
      // A refusal may come from a server that does not know what became of it.
      if (result_code === RESULT_OK) membership.isIn(guest, !wasIn, ledger.said.size);
    } catch {
      // No answer: it may be made, now or later.
    }
  }
}
