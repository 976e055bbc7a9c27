/** What a suite needs besides running servers: an administrator. */
import { nowSec } from "../../shared/clock.ts";
import { hashPassword } from "../../shared/password.ts";
import { type Random, randomPassword } from "../../shared/random.ts";
import type { StorageConfig } from "../db_proxy/config.ts";
import { openStorageBriefly, type StorageDeps } from "../db_proxy/storage.ts";

export const FIRST_ADMIN_NAME = "admin";
const PASSWORD_CHARS = 20;

/**
 * Creates the first administrator when there is none. Returns its password, which is stored only as
 * a hash and so cannot be shown again; `null` when there was an administrator already.
 * @throws {StorageError} when the data cannot be opened
 */
export async function ensureAdministrator(
  config: StorageConfig,
  { clock, log, random }: StorageDeps & { readonly random: Random },
): Promise<string | null> {
  const storage = await openStorageBriefly(config, { clock, log });
  try {
    if (await storage.admins.count() > 0) return null;
    const password = randomPassword(random, PASSWORD_CHARS);
    const added = await storage.admins.add({
      uname: FIRST_ADMIN_NAME,
      pwd: await hashPassword(password, random),
      now: nowSec(clock),
    });
    return added.ok ? password : null;
  } finally {
    await storage.close();
  }
}
