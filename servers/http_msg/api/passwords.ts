/** Passwords of administrators and of users. */
import { z } from "zod";
import {
  hashPassword,
  isSameHash,
  md5Hex,
  teamtalkPasswordHash,
  verifyPassword,
} from "../../../shared/password.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import {
  ADMIN_STATUS_DISABLED,
  type AdminAccount,
  type PasswordFields,
} from "../../../shared/storage/management.ts";
import type { ApiServices } from "./call.ts";

/** Of an administrator. */
export const newPassword = z.string().min(10).max(256);
/** Of a user: the original's clients have no rule, so the rule is weak. */
export const userPassword = z.string().min(6).max(128);

const MD5_HEX = /^[0-9a-f]{32}$/;
/** The original's salt is a number below this, as text (docs/spec/storage.md 6). */
const USER_SALTS = 10_000;

/**
 * The account that this name and password belong to; `null` when there is none, or it is disabled.
 * Rows of the original's administration (MD5 without salt) are accepted once: the account then has
 * to choose a new password. An unknown name takes as long as a wrong password.
 */
export async function checkAdminPassword(
  { manage, random }: Pick<ApiServices, "manage" | "random">,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<AdminAccount | null> {
  const found = await manage.run("admins.by_name", { uname: name });
  const isUsable = found !== null && found.account.status !== ADMIN_STATUS_DISABLED;
  if (!isUsable) {
    await hashPassword(password, random);
    return null;
  }
  const isRight = MD5_HEX.test(found.pwd)
    ? isSameHash(md5Hex(password), found.pwd)
    : await verifyPassword(password, found.pwd);
  return isRight ? found.account : null;
}

/** What IMUser of the original holds for a password; db_proxy_server makes the scrypt hash of it. */
export function userPasswordFields(plain: string, random: Random): PasswordFields {
  const salt = String(randomInt(random, USER_SALTS));
  return { password: teamtalkPasswordHash(md5Hex(plain), salt), salt };
}
