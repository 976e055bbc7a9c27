/** What a seed should leave in storage. Users are worked out one at a time: there may be many. */
import type { NewUser } from "../../../shared/storage/types.ts";

export interface SeedPlan {
  readonly departments: readonly SeedDepartment[];
  readonly users: SeedUsers;
  readonly groups: readonly SeedGroup[];
}

export interface SeedDepartment {
  readonly id: number;
  readonly departName: string;
  readonly priority: number;
  readonly parentId: number;
}

/** Both ends included; `last` below `first` means none. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

export interface SeedUsers extends IdRange {
  /** Login name of {@link user}, for a look that needs no more. */
  name(id: number): string;
  /** The user that a plan gives this id. */
  user(id: number): SeedUser;
}

/** Times are the moment of seeding; the scrypt hash is added by the seed. */
export type SeedUser = Omit<NewUser, "id" | "created" | "updated" | "hash">;

export interface SeedGroup {
  readonly id: number;
  readonly name: string;
  /** GROUP_TYPE_NORMAL or GROUP_TYPE_TMP. */
  readonly type: number;
  /** Creator and members are ids of the plan's users. */
  readonly creator: number;
  readonly members: IdRange;
}

/** The ids of a range in pieces of at most `size`. */
export function* idPieces({ first, last }: IdRange, size: number): Generator<number[]> {
  for (let start = first; start <= last; start += size) {
    yield Array.from({ length: Math.min(size, last - start + 1) }, (_, index) => start + index);
  }
}
