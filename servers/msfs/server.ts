/**
 * msfs: keeps pictures and sounds, and gives them out again over HTTP (docs/spec/roles.md 8,
 * admin-http.md 3).
 *
 * Nothing is kept in memory but counts: where a file is says its path, and how many there are the
 * directories. An upload is collected in a spool and appears in the store when it is whole; both ways
 * a file passes through in pieces of some 64 KiB.
 */
import type { Listener } from "../../shared/netlib/mod.ts";
import { type RoleDeps, type RunningServer, STOP_LIMIT_MS } from "../../shared/role.ts";
import { emptyAnswer } from "./answers.ts";
import type { MsfsConfig } from "./config.ts";
import type { MsfsContext } from "./context.ts";
import { answerRequest } from "./handlers/request.ts";
import { HttpListener } from "./http_listener.ts";
import { FileCounter } from "./state/file_counter.ts";
import { Places } from "./state/places.ts";
import { UploadRate } from "./state/upload_rate.ts";
import { openStore } from "./store/open_store.ts";

export type MsfsListener = "http";
export type MsfsDeps = Pick<RoleDeps, "clock" | "random" | "log">;

/** Part of the stop limit that answers under way get; the rest is for what they leave. */
const ANSWER_SHARE = 0.75;

/**
 * @throws {ListenError} when an address cannot be bound
 * @throws {StorageError} when the files cannot be kept where the configuration says
 */
export async function startMsfsServer(
  config: MsfsConfig,
  deps: MsfsDeps,
): Promise<RunningServer<MsfsListener>> {
  const { clock, random, log } = deps;
  const store = await openStore(config, deps);
  const files = await store.countFiles(config.FileCnt, config.FilesPerDir);
  const context: MsfsContext = {
    config,
    store,
    counter: new FileCounter(files, config.FilesPerDir),
    uploads: new Places(config.MaxUploads),
    downloads: new Places(config.MaxDownloads),
    uploadRate: new UploadRate(config.MaxUploadsPerMinute, clock),
    clock,
    random,
    log,
  };
  await using opened = new AsyncDisposableStack();
  // Aborted requests still have to remove what they have begun.
  opened.defer(() => context.uploads.whenAllFree());
  opened.defer(() => context.downloads.whenAllFree());
  const listeners: Listener[] = [];
  opened.defer(async () => void await Promise.all(listeners.map((one) => one.stop())));
  for (const host of config.ListenIP) {
    listeners.push(
      new HttpListener({ host, port: config.ListenPort }, {
        clock,
        log,
        answer: (request, address) => answerRequest(request, address, context),
        answerStopping: () => emptyAnswer(503),
        stopLimitMs: STOP_LIMIT_MS * ANSWER_SHARE,
      }),
    );
  }
  const addresses = { http: listeners[0]!.address };
  log.info("listening", { ...addresses, store: config.Store, files });
  if (config.UploadSecret === null) {
    log.warn("everybody may upload: msfs.conf has no UploadSecret", addresses);
  }
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync(); // Once, however often it is called.
  return { addresses, stop, [Symbol.asyncDispose]: stop };
}
