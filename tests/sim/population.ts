/** Who lives in the simulated cluster, the same in every run. */
import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../proto/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { md5Hex } from "../../shared/password.ts";
import { openSqliteStorage } from "../../shared/storage/sqlite/mod.ts";
import { demoData, type DemoGroup, PASSWORD } from "../support/demo_data.ts";

const USER_COUNT = 50;
const GROUP_COUNT = 5;
const GROUP_SIZE = 10;

/** Makes no conversation, but changes the members of a group. */
export const KEEPER = USER_COUNT + 1;

export const USERS: readonly number[] = Array.from({ length: USER_COUNT }, (_, i) => i + 1);

/** Neighbours, each group a few users further on. */
export const GROUPS: readonly DemoGroup[] = Array.from({ length: GROUP_COUNT }, (_, i) => ({
  id: i + 1,
  type: i % 2 === 0 ? GROUP_TYPE_NORMAL : GROUP_TYPE_TMP,
  creator: 1 + i * GROUP_SIZE,
  members: Array.from({ length: GROUP_SIZE }, (_, member) => 1 + i * GROUP_SIZE + member),
}));

/** A group whose keeper takes its guests in and out. */
export const OPEN_GROUP: DemoGroup = {
  id: GROUP_COUNT + 1,
  type: GROUP_TYPE_NORMAL,
  creator: KEEPER,
  members: [KEEPER, ...USERS.slice(0, GROUP_SIZE)],
};
export const GUESTS: readonly number[] = USERS.slice(GROUP_SIZE, 2 * GROUP_SIZE);

export const PASSWORD_HASH = md5Hex(PASSWORD);

/** Makes a database with all of them at the path. */
export async function makePopulation(path: string): Promise<void> {
  const storage = openSqliteStorage({ path, clock: systemClock });
  await demoData(KEEPER, [...GROUPS, OPEN_GROUP])(storage);
  await storage.close();
}
