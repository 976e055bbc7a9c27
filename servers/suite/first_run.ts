/** What a suite needs besides running servers: an administrator. */
import { type Clock, nowSec } from "../../shared/clock.ts";
import { hashPassword } from "../../shared/password.ts";
import { type Random, randomPassword } from "../../shared/random.ts";
import { MissingTableError } from "../../shared/storage/types.ts";
import type { StorageConfig } from "../db_proxy/config.ts";
import { openStorageBriefly } from "../db_proxy/storage.ts";

export const FIRST_ADMIN_NAME = "admin";
const PASSWORD_CHARS = 20;

export type FirstAdministrator =
  | { readonly kind: "present" }
  /** The password is stored only as a hash and so cannot be shown again. */
  | { readonly kind: "made"; readonly password: string }
  /** None was made, and nothing else waits for that. */
  | { readonly kind: "impossible"; readonly reason: string };

/**
 * Creates the first administrator when there is none.
 * @throws {StorageError} when the data cannot be opened
 */
export async function ensureAdministrator(
  config: StorageConfig,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<FirstAdministrator> {
  const storage = await openStorageBriefly(config, clock);
  try {
    if (await storage.admins.count() > 0) return { kind: "present" };
    const password = randomPassword(random, PASSWORD_CHARS);
    const added = await storage.admins.add({
      uname: FIRST_ADMIN_NAME,
      pwd: await hashPassword(password, random),
      now: nowSec(clock),
    });
    if (added.ok) return { kind: "made", password };
    // Another suite on the same data was faster, or this one was deleted long ago.
    if (await storage.admins.count() > 0) return { kind: "present" };
    return { kind: "impossible", reason: `${FIRST_ADMIN_NAME} was deleted, which is left so` };
  } catch (error) {
    if (error instanceof MissingTableError) {
      return { kind: "impossible", reason: error.message };
    }
    throw error;
  } finally {
    await storage.close();
  }
}
