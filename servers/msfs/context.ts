/** What the handlers of this role work with. One instance per running server. */
import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Random } from "../../shared/random.ts";
import type { MsfsConfig } from "./config.ts";
import type { FileCounter } from "./state/file_counter.ts";
import type { Places } from "./state/places.ts";
import type { UploadRate } from "./state/upload_rate.ts";
import type { FileStore } from "./store/types.ts";

export interface MsfsContext {
  readonly config: MsfsConfig;
  readonly store: FileStore;
  readonly counter: FileCounter;
  readonly uploads: Places;
  readonly downloads: Places;
  readonly uploadRate: UploadRate;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}
