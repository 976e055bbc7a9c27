/** Administrators, as far as the start of a suite makes the first one. */
import type { Result } from "../result.ts";

export interface AdminStore {
  /** Number of administrators that are not deleted. */
  count(): Promise<number>;
  /** `pwd` is a hash made by `shared/password.ts`. Refused when the name exists. */
  add(admin: { uname: string; pwd: string; now: number }): Promise<Result<null, "exists">>;
  /** Stored hash of a not deleted administrator. */
  passwordHash(uname: string): Promise<string | null>;
}
