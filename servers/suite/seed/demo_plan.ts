/** The plan behind `--users N --groups G --members M --password P`. */
import { GROUP_TYPE_NORMAL } from "../../../proto/ids.ts";
import { md5Hex, teamtalkPasswordHash } from "../../../shared/password.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import type { SeedDepartment, SeedPlan } from "./plan.ts";

export interface DemoOptions {
  readonly users: number;
  readonly groups: number;
  /** Members of each group: the first users, all of them when there are fewer. */
  readonly members: number;
  readonly password: string;
}

const DEPARTMENTS: readonly SeedDepartment[] = [
  { id: 1, departName: "Engineering", priority: 1, parentId: 0 },
  { id: 2, departName: "Backend", priority: 2, parentId: 1 },
  { id: 3, departName: "Mobile", priority: 3, parentId: 1 },
  { id: 4, departName: "Sales", priority: 4, parentId: 0 },
  { id: 5, departName: "产品部", priority: 5, parentId: 0 },
];

/** Salts are 0…9999 without padding (docs/spec/storage.md 6). */
const SALTS = 10_000;

const name = (id: number): string => `user${id}`;

export function demoPlan(options: DemoOptions, random: Random): SeedPlan {
  const sentPassword = md5Hex(options.password);
  // They have one password anyway; with one salt they have one hash, which is made once.
  const salt = String(randomInt(random, SALTS));
  const password = teamtalkPasswordHash(sentPassword, salt);
  const members = { first: 1, last: Math.min(options.members, options.users) };
  return {
    departments: DEPARTMENTS,
    users: {
      first: 1,
      last: options.users,
      name,
      user: (id) => {
        return {
          name: name(id),
          domain: name(id),
          nick: `User ${id}`,
          sex: 1 + id % 2,
          phone: "",
          email: `user${id}@example.com`,
          avatar: "",
          departId: 1 + id % DEPARTMENTS.length,
          status: 0,
          sign_info: "",
          password,
          salt,
        };
      },
    },
    groups: Array.from({ length: options.groups }, (_, index) => ({
      id: index + 1,
      name: `group${index + 1}`,
      type: GROUP_TYPE_NORMAL,
      creator: 1,
      members,
    })),
  };
}
