/**
 * Brings storage to what a {@link SeedPlan} describes, by adding what is missing: departments, then
 * users, then groups with their members. What exists is left as it is, so a seed can be repeated,
 * and goes on after an interruption. Every step is a small transaction with a pause behind it,
 * because a running suite may be writing to the same storage.
 */
import { type Clock, nowSec } from "../../../shared/clock.ts";
import type { Random } from "../../../shared/random.ts";
import {
  type GroupRow,
  type NewUser,
  type Storage,
  StorageError,
} from "../../../shared/storage/types.ts";
import { PasswordHashes } from "./password_hashes.ts";
import { idPieces, type SeedGroup, type SeedPlan, type SeedUsers } from "./plan.ts";

export interface SeedOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Cost of password hashes (`shared/password.ts`). */
  readonly scryptN: number;
  /** Called after each step of a long part: `done` of `all` users or groups. */
  readonly onProgress?: (part: "users" | "groups", done: number, all: number) => void;
}

export interface SeedReport {
  readonly departments: Counts;
  readonly users: Counts;
  readonly groups: Counts;
  /** Memberships added, to new groups and to groups that were there. */
  readonly membersAdded: number;
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
}

export interface Counts {
  readonly added: number;
  readonly present: number;
}

interface Missing {
  /** In the plan. */
  readonly id: number;
  /** Somebody else has that id. */
  readonly idTaken: boolean;
}

/** Rows in one transaction: some 10 ms, during which a running suite cannot write. */
const PIECE_ROWS = 500;
/**
 * SQLite does not queue writers; without a pause those of the suite would find it always locked.
 * Measured by hand, acks of a busy client while 50,000 users are added: 99 % within 33 ms, and
 * within 84 ms with a pause of 5.
 */
const PAUSE_MS = 20;
/** Somebody else may take a name between our look and our write; then we look again. */
const MAX_TRIES = 5;

export async function seed(
  storage: Storage,
  plan: SeedPlan,
  options: SeedOptions,
): Promise<SeedReport> {
  const run = new SeedRun(storage, options);
  const departments = await run.addDepartments(plan);
  const users = await run.addUsers(plan.users);
  const groups = await run.addGroups(plan.groups);
  return { departments, users, groups, membersAdded: run.membersAdded, notes: run.notes };
}

class SeedRun {
  readonly notes: string[] = [];
  membersAdded = 0;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #onProgress: NonNullable<SeedOptions["onProgress"]>;
  /** Ids of the plan that belong to somebody else, with the ids that their users have instead. */
  readonly #otherIds = new Map<number, number>();

  readonly #hashes: PasswordHashes;

  constructor(storage: Storage, options: SeedOptions) {
    const { clock, onProgress = () => {} } = options;
    this.#storage = storage;
    this.#hashes = new PasswordHashes(options);
    this.#clock = clock;
    this.#onProgress = onProgress;
  }

  async addDepartments({ departments }: SeedPlan): Promise<Counts> {
    const rows = await this.#storage.departments.changedSince(-1);
    const known = new Set(rows.map(({ id }) => id));
    const missing = departments.filter(({ id }) => !known.has(id));
    // Later than what clients know, or they would not be told.
    const newest = rows.reduce((time, { updated }) => Math.max(time, updated), 0);
    const now = Math.max(nowSec(this.#clock), newest + 1);
    if (missing.length > 0) {
      await this.#storage.departments.put(
        missing.map((department) => ({ ...department, status: 0, created: now, updated: now })),
      );
    }
    return { added: missing.length, present: departments.length - missing.length };
  }

  async addUsers(users: SeedUsers): Promise<Counts> {
    const all = Math.max(0, users.last - users.first + 1);
    const missing = await this.#missing(users);
    let added = 0;
    let updated = 0;
    for (let start = 0; start < missing.length; start += PIECE_ROWS) {
      const end = Math.min(start + PIECE_ROWS, missing.length);
      // A client that has seen a row of some second hears of others of that second only after the
      // last-user-update time moved on. Whoever comes by in the middle of this is told of the rest
      // because the last piece moves it once more.
      if (start === 0 || end === missing.length) updated = await this.#nextUpdate();
      added += await this.#addPiece(users, missing.slice(start, end), updated);
      this.#onProgress("users", all - missing.length + end, all);
      await this.#pause();
    }
    if (this.#otherIds.size > 0) {
      this.notes.push(`${this.#otherIds.size} users have another id than planned: it was taken`);
    }
    return { added, present: all - added };
  }

  async addGroups(groups: readonly SeedGroup[]): Promise<Counts> {
    let done = 0;
    let added = 0;
    for (const piece of groupPieces(groups)) {
      // Asked for in one event-loop turn, they share transactions.
      const isNew = await Promise.all(piece.map((group) => this.#addGroup(group)));
      added += isNew.filter(Boolean).length;
      done += piece.length;
      this.#onProgress("groups", done, groups.length);
      await this.#pause();
    }
    return { added, present: groups.length - added };
  }

  /** Whether the group is new. */
  async #addGroup(group: SeedGroup): Promise<boolean> {
    const row = await this.#groupRow(group);
    if (row === undefined) return await this.#createGroup(group);
    await this.#completeGroup(group, row);
    return false;
  }

  async #groupRow({ id }: SeedGroup): Promise<GroupRow | undefined> {
    return (await this.#storage.groups.byIds([id]))[0];
  }

  async #completeGroup({ id, name, members }: SeedGroup, row: GroupRow): Promise<void> {
    if (row.name === name) await this.#join(id, idPieces(members, PIECE_ROWS));
    else this.notes.push(`group id ${id} belongs to ${JSON.stringify(row.name)}: left alone`);
  }

  /** The plan's users that are not there; last those whose id is taken, as they get the next free. */
  async #missing(users: SeedUsers): Promise<Missing[]> {
    const wanted: Missing[] = [];
    const displaced: Missing[] = [];
    for (const ids of idPieces(users, PIECE_ROWS)) {
      for (const one of await this.#missingAmong(users, ids)) {
        (one.idTaken ? displaced : wanted).push(one);
      }
    }
    return [...wanted, ...displaced];
  }

  async #missingAmong(users: SeedUsers, ids: readonly number[]): Promise<Missing[]> {
    const rows = await this.#storage.users.byIds(ids);
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const missing: Missing[] = [];
    for (const id of ids) {
      const name = users.name(id);
      if (names.get(id) === name) continue;
      const namesake = await this.#storage.users.credentials(name);
      if (namesake === null) missing.push({ id, idTaken: names.has(id) });
      else this.#otherIds.set(id, namesake.user.id);
    }
    return missing;
  }

  /** Adds the users and returns how many that were, which is fewer when somebody was faster. */
  async #addPiece(users: SeedUsers, piece: readonly Missing[], now: number): Promise<number> {
    let missing = piece;
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const rows: NewUser[] = [];
      for (const { id, idTaken } of missing) {
        const user = await this.#hashes.addTo(users.user(id));
        const row = { ...user, created: now, updated: now };
        rows.push(idTaken ? row : { ...row, id });
      }
      if ((await this.#storage.users.add(rows)).ok) {
        // Notes which ids those got whose own were taken.
        await this.#missingAmong(users, missing.filter((one) => one.idTaken).map(({ id }) => id));
        return missing.length;
      }
      missing = await this.#missingAmong(users, missing.map(({ id }) => id));
    }
    throw new StorageError("Cannot add users: somebody else adds the same ones all the time");
  }

  /** Past what any client knows; a second ahead of the clock when the present one is used up. */
  async #nextUpdate(): Promise<number> {
    return Math.max(nowSec(this.#clock), await this.#storage.users.lastUpdate() + 1);
  }

  /** `false` when it cannot be made, or somebody else did it meanwhile. */
  async #createGroup(group: SeedGroup): Promise<boolean> {
    const { id, name, type, creator, members } = group;
    const [first = [], ...others] = [...idPieces(members, PIECE_ROWS)];
    const created = await this.#storage.groups.create({
      id,
      name,
      avatar: "",
      creator: this.#actualId(creator),
      type,
      members: first.map((userId) => this.#actualId(userId)),
      created: nowSec(this.#clock),
    });
    if (created.ok) {
      this.membersAdded += created.value.members.length;
      await this.#join(id, others);
      return true;
    }
    const row = await this.#groupRow(group);
    if (row !== undefined) await this.#completeGroup(group, row);
    else if (created.refusal === "no_members") {
      this.notes.push(`group ${name} has no members that could join it: not made`);
    } else this.notes.push(`group id ${id} belonged to a group that was deleted: not made again`);
    return false;
  }

  async #join(groupId: number, pieces: Iterable<readonly number[]>): Promise<void> {
    for (const piece of pieces) {
      await this.#pause();
      const joined = await this.#storage.groups.addMembers({
        groupId,
        userIds: piece.map((userId) => this.#actualId(userId)),
        now: nowSec(this.#clock),
      });
      this.membersAdded += joined.length;
    }
  }

  #actualId(id: number): number {
    return this.#otherIds.get(id) ?? id;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#clock.after(PAUSE_MS, resolve));
  }
}

/** Groups with together at most {@link PIECE_ROWS} members, or single ones. */
function* groupPieces(groups: readonly SeedGroup[]): Generator<SeedGroup[]> {
  let piece: SeedGroup[] = [];
  let rows = 0;
  for (const group of groups) {
    const groupRows = 1 + group.members.last - group.members.first + 1;
    if (piece.length > 0 && rows + groupRows > PIECE_ROWS) {
      yield piece;
      piece = [];
      rows = 0;
    }
    piece.push(group);
    rows += groupRows;
  }
  if (piece.length > 0) yield piece;
}
