/** PC and mobile terminals: one of each class per user (docs/spec/pitfalls.md Q-CLASS). */

/** Set in the client types of mobile terminals (docs/spec/wire.md 6). */
const MOBILE_BIT = 0x10;

export function isMobile(clientType: number): boolean {
  return (clientType & MOBILE_BIT) !== 0;
}

export function isSameClass(one: number, other: number): boolean {
  return isMobile(one) === isMobile(other);
}
