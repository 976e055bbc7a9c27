/** Opens the store that the configuration names. */
import type { Clock } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import type { Random } from "../../../shared/random.ts";
import { StorageError } from "../../../shared/storage/types.ts";
import type { MsfsConfig } from "../config.ts";
import { DiskStore } from "./disk.ts";
import { S3Requests } from "./s3_requests.ts";
import { S3Store } from "./s3.ts";
import { Spool } from "./spool.ts";
import { type FileStore, StoreError } from "./types.ts";

export interface StoreDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Makes `BaseDir` when it is missing and sweeps what an earlier process left there unfinished.
 * @throws {StorageError} when it cannot be used, which ends the start
 */
export async function openStore(config: MsfsConfig, deps: StoreDeps): Promise<FileStore> {
  const { BaseDir } = config;
  try {
    const { spool, swept } = await Spool.open(BaseDir, deps.random);
    // Fails now rather than at the first upload, for instance without --allow-sys=statfs.
    await spool.freeBytes();
    if (swept > 0) deps.log.warn("unfinished uploads removed", { files: swept });
    return config.Store === "s3"
      ? await openS3(config, spool, deps)
      : await DiskStore.open(BaseDir, spool);
  } catch (error) {
    if (error instanceof StoreError) throw new StorageError(`BaseDir=${BaseDir}: ${error.message}`);
    throw error;
  }
}

async function openS3(config: MsfsConfig, spool: Spool, deps: StoreDeps): Promise<FileStore> {
  const { clock, log } = deps;
  const store = new S3Store({
    // The schema has checked that they are there.
    requests: new S3Requests({
      endpoint: config.S3Endpoint!,
      region: config.S3Region,
      bucket: config.S3Bucket!,
      accessKey: config.S3AccessKey!,
      secretKey: config.S3SecretKey!.reveal(),
    }, clock),
    prefix: config.S3Prefix === null ? "" : config.S3Prefix.replace(/\/*$/, "/"),
    spool,
    clock,
  });
  try {
    await store.open("probe");
  } catch (error) {
    // It may come up later, so this does not end the start; every request tells until then.
    log.error("S3 does not answer as it should", { error });
  }
  return store;
}
