/** Builds what the handlers need, on the thread where they run. */
import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log/mod.ts";
import { LatencyWindow } from "../../shared/management/latency.ts";
import type { Random } from "../../shared/random.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import type { DbProxyConfig } from "./config.ts";
import { LoginGuard } from "./passwords/login_guard.ts";
import { UserPasswords } from "./passwords/user_passwords.ts";
import { type DbServices, MemberLists } from "./services.ts";
import { Directory } from "./directory.ts";
import { LoginFailures } from "./state/login_failures.ts";
import { Night } from "./state/night.ts";
import { openStorage, type StorageOpener } from "./storage.ts";

/** What lists show instead of a sound; the word is the original's (docs/spec/storage.md 7). */
const AUDIO_LABEL = "[语音]";

export interface ServicesDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** What all workers of a server count in; default: memory of its own. */
  readonly storedMemory?: SharedArrayBuffer;
  /** Default: the engines as they are. */
  readonly open?: StorageOpener;
}

/** @throws {StorageError} when the data cannot be opened */
export async function openServices(
  config: DbProxyConfig,
  { clock, random, log, storedMemory, open = openStorage }: ServicesDeps,
): Promise<DbServices> {
  const storage = await open(config.storage, { clock, log });
  const { scryptN, maxAddressFailures } = config.passwords;
  return {
    storage,
    clock,
    log,
    audioLabel: encodeText(AUDIO_LABEL, config.aesKey),
    logins: new LoginGuard(new LoginFailures(maxAddressFailures), storage.loginFailures),
    passwords: new UserPasswords({ users: storage.users, clock, random, log, scryptN }),
    memberLists: new MemberLists(),
    directory: new Directory(clock),
    night: new Night(config.night),
    stored: new LatencyWindow(clock, storedMemory),
  };
}
