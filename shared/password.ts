/**
 * Password hashes: scrypt, and the original's MD5 chain of IMUser rows, which old clients and old
 * databases fix (docs/spec/storage.md 6). A user's scrypt hash is made of the end of that chain, so
 * that it can be made of a stored row as well as of what a client sends
 * (docs/decisions/0016-passwords-of-users.md).
 */
import { createHash, scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "./random.ts";

interface ScryptCost {
  /** CPU and memory cost, a power of two: one hash needs 128 · n · r bytes (16 MiB). */
  readonly n: number;
  /** Block size. */
  readonly r: number;
  /** Parallelism. */
  readonly p: number;
}

/** About 50 ms of one core. A stored hash names its own cost, so this may be raised at any time. */
export const DEFAULT_SCRYPT_N = 16384;
/** What may be asked for instead: from 3 ms and 1 MiB to 100 ms and 32 MiB per hash. */
export const SCRYPT_N_CHOICES = [1024, 2048, 4096, 8192, 16384, 32768] as const;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Most memory a stored hash may ask for: a damaged row must not take the machine down. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

const STORED =
  /^scrypt\$n=(\d{1,7}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** `scrypt$n=16384,r=8,p=1$<salt>$<key>` with salt and key in base64. */
export async function hashPassword(
  plain: string,
  random: Random,
  { n = DEFAULT_SCRYPT_N }: { readonly n?: number } = {},
): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const cost = { n, r: BLOCK_SIZE, p: PARALLELISM };
  const key = await derive(plain, { salt, cost, length: KEY_BYTES });
  return `${costPrefix(n)}${salt.toBase64()}$${key.toBase64()}`;
}

/** Whether {@link hashPassword} would choose this cost today. */
export function hasCost(stored: string, n: number): boolean {
  return stored.startsWith(costPrefix(n));
}

function costPrefix(n: number): string {
  return `scrypt$n=${n},r=${BLOCK_SIZE},p=${PARALLELISM}$`;
}

/**
 * Whether a text is such a hash, of a cost that {@link verifyPassword} bears: what somebody else made
 * is stored only if so.
 */
export function isPasswordHash(text: string): boolean {
  const parts = partsOf(text);
  if (parts === null) return false;
  const { cost: { n, r, p }, salt } = parts;
  const isCost = SCRYPT_N_CHOICES.some((choice) => choice === n) && r === BLOCK_SIZE &&
    p === PARALLELISM;
  return isCost && salt.length === SALT_BYTES;
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(one), encoder.encode(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether `stored` was made from this password; `false` for a text that is no such hash. */
export async function verifyPassword(plain: string, stored: string): Promise<boolean> {
  const parts = partsOf(stored);
  if (parts === null) return false;
  const { salt, cost, key } = parts;
  try {
    return timingSafeEqual(await derive(plain, { salt, cost, length: KEY_BYTES }), key);
  } catch {
    // A cost that scrypt refuses: nothing that hashPassword() ever wrote.
    return false;
  }
}

interface HashParts {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** `null` for a text of another form. */
function partsOf(stored: string): HashParts | null {
  const match = STORED.exec(stored);
  if (match === null) return null;
  const [, n, r, p, saltText, keyText] = match;
  try {
    const salt = Uint8Array.fromBase64(saltText!);
    const key = Uint8Array.fromBase64(keyText!);
    if (key.length !== KEY_BYTES) return null;
    return { cost: { n: Number(n), r: Number(r), p: Number(p) }, salt, key };
  } catch {
    return null; // Broken base64.
  }
}

/** Lower-case hex MD5 of the text's UTF-8. Only where the protocol or old data demands it. */
export function md5Hex(text: string): string {
  return createHash("md5").update(text, "utf8").digest("hex");
}

/**
 * IMUser.password: `p1` is what clients send, md5hex of the plain password; `salt` is IMUser.salt.
 * COMPAT: every TeamTalk client and existing user table depends on this form.
 */
export function teamtalkPasswordHash(p1: string, salt: string): string {
  return md5Hex(p1 + salt);
}

interface DeriveOptions {
  readonly salt: Uint8Array;
  readonly cost: ScryptCost;
  readonly length: number;
}

function derive(plain: string, { salt, cost, length }: DeriveOptions): Promise<Uint8Array> {
  const options = { N: cost.n, r: cost.r, p: cost.p, maxmem: MAX_MEMORY_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(plain, salt, length, options, (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });
}
