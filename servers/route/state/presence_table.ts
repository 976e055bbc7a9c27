/**
 * Who is logged in where. A *terminal* is one user's presence on one link with one client type, and
 * a count, because a msg_server may report a new login before the one it replaces has gone. Counts
 * are kept per link, so that what a lost msg_server had said goes with it (P-RT2). A user without a
 * terminal has no entry.
 *
 * `Owner` is a link; the table only compares owners.
 */
import type { ClientType } from "../../../proto/mod.ts";
import { isMobile } from "../../../shared/client_class.ts";

export interface OnlineTerminal {
  readonly user_id: number;
  readonly client_type: ClientType;
}

export interface Terminal<Owner> {
  readonly owner: Owner;
  readonly clientType: ClientType;
  count: number;
}

export class PresenceTable<Owner> {
  /** Arrays are replaced, not added to: one that has grown has room for sixteen more. */
  readonly #terminals = new Map<number, Terminal<Owner>[]>();
  readonly #usersOf = new Map<Owner, Set<number>>();

  /** Users with a terminal. */
  get userCount(): number {
    return this.#terminals.size;
  }

  userIds(): Iterable<number> {
    return this.#terminals.keys();
  }

  terminalsOf(userId: number): readonly Readonly<Terminal<Owner>>[] {
    return this.#terminals.get(userId) ?? [];
  }

  /** How many are logged in with each client type. */
  terminalCounts(): ReadonlyMap<ClientType, number> {
    const counts = new Map<ClientType, number>();
    for (const terminals of this.#terminals.values()) {
      for (const { clientType, count } of terminals) {
        counts.set(clientType, (counts.get(clientType) ?? 0) + count);
      }
    }
    return counts;
  }

  /** Whether any terminal of the user is logged in. */
  has(userId: number): boolean {
    return this.#terminals.has(userId);
  }

  /** What counts as online for queries and notifications: mobile terminals do not (Q-STAT). */
  hasPc(userId: number): boolean {
    const terminals = this.#terminals.get(userId);
    return terminals !== undefined && terminals.some((each) => !isMobile(each.clientType));
  }

  isOn(owner: Owner, userId: number): boolean {
    const terminals = this.#terminals.get(userId);
    return terminals !== undefined && terminals.some((each) => each.owner === owner);
  }

  add(owner: Owner, { user_id: userId, client_type: clientType }: OnlineTerminal): void {
    const terminals = this.#terminals.get(userId) ?? [];
    const terminal = find(terminals, owner, clientType);
    if (terminal !== undefined) {
      terminal.count++;
      return;
    }
    this.#terminals.set(userId, [...terminals, { owner, clientType, count: 1 }]);
    let users = this.#usersOf.get(owner);
    if (users === undefined) this.#usersOf.set(owner, users = new Set());
    users.add(userId);
  }

  /** Takes one login back. One that this owner never reported changes nothing. */
  remove(owner: Owner, { user_id: userId, client_type: clientType }: OnlineTerminal): void {
    const terminals = this.#terminals.get(userId);
    if (terminals === undefined) return;
    const terminal = find(terminals, owner, clientType);
    if (terminal === undefined || --terminal.count > 0) return;
    this.#setTerminals(userId, terminals.filter((each) => each !== terminal));
    if (!this.isOn(owner, userId)) this.#usersOf.get(owner)?.delete(userId);
  }

  /** Takes back all that an owner reported. Returns the users who lost their last PC terminal. */
  removeOwner(owner: Owner): number[] {
    const withoutPc: number[] = [];
    for (const userId of this.#usersOf.get(owner) ?? []) {
      const hadPc = this.hasPc(userId);
      const terminals = this.#terminals.get(userId) ?? [];
      this.#setTerminals(userId, terminals.filter((each) => each.owner !== owner));
      if (hadPc && !this.hasPc(userId)) withoutPc.push(userId);
    }
    this.#usersOf.delete(owner);
    return withoutPc;
  }

  #setTerminals(userId: number, terminals: Terminal<Owner>[]): void {
    if (terminals.length === 0) this.#terminals.delete(userId);
    else this.#terminals.set(userId, terminals);
  }
}

function find<Owner>(
  terminals: readonly Terminal<Owner>[],
  owner: Owner,
  clientType: ClientType,
): Terminal<Owner> | undefined {
  return terminals.find((each) => each.owner === owner && each.clientType === clientType);
}
