/**
 * Chance as a dependency, for the same reason as the clock: a run with a known seed can be repeated.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Bytes that cannot be guessed (system source) or that repeat with the seed (seeded source). */
  bytes(length: number): Uint8Array;
}

/** An integer in [0, limit). `limit` is at least 1. */
export function randomInt(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

/** `ms` plus up to `share` of it, so that many waiters do not come back at the same moment. */
export function withJitter(random: Random, ms: number, share: number): number {
  return ms + random.next() * share * ms;
}

/** Printable password of `length` characters; look-alikes such as 0/O and 1/l are left out. */
export function randomPassword(random: Random, length: number): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  // 256 is no multiple of the alphabet's size: bytes past the last whole multiple are skipped, so
  // that no character is more likely than another.
  const bound = 256 - (256 % alphabet.length);
  let password = "";
  while (password.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < bound && password.length < length) password += alphabet[byte % alphabet.length];
    }
  }
  return password;
}

/** The machine's random source. */
export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** A repeatable source (mulberry32): the same seed gives the same numbers. Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  return {
    next,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  };
}
