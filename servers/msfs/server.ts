/**
 * msfs: keeps pictures and sounds, and gives them out again over HTTP (docs/spec/roles.md 8,
 * admin-http.md 3).
 *
 * Nothing is kept in memory but counts: where a file is says its path, and how many there are the
 * directories. An upload is collected in a spool and appears in the store when it is whole; both ways
 * a file passes through in pieces of some 64 KiB.
 */
import { clientBindings, tlsAddress } from "../../shared/config/mod.ts";
import { type Address, bareAddress, type Listener } from "../../shared/netlib/mod.ts";
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
export type MsfsDeps = Pick<RoleDeps, "network" | "clock" | "random" | "log">;

export interface RunningMsfs extends RunningServer<MsfsListener> {
  /** Where it listens with TLS; `null`: nowhere. */
  readonly tlsAddress: Address | null;
}

/** Part of the stop limit that answers under way get; the rest is for what they leave. */
const ANSWER_SHARE = 0.75;

/**
 * @throws {ListenError} when an address cannot be bound
 * @throws {StorageError} when the files cannot be kept where the configuration says
 */
export async function startMsfsServer(
  config: MsfsConfig,
  deps: MsfsDeps,
): Promise<RunningMsfs> {
  const { network, clock, random, log } = deps;
  const store = await openStore(config, deps);
  const files = await store.countFiles(config.FileCnt, config.FilesPerDir);
  const context: MsfsContext = {
    config,
    store,
    counter: new FileCounter(files, config.FilesPerDir),
    uploads: new Places(config.MaxUploads, config.MaxConnCntPerIP),
    downloads: new Places(config.MaxDownloads, config.MaxConnCntPerIP),
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
  const bindings = clientBindings(
    { hosts: config.ListenIP, port: config.ListenPort },
    config.Tls,
    "TlsPort",
  );
  for (const { tls, ...address } of bindings) {
    listeners.push(
      tls === undefined ? plainListener(address, context) : await network.serveHttp(
        address,
        (request, remote) => answerRequest(request, bareAddress(remote), context),
        { tls, ...connectionLimits(config) },
      ),
    );
  }
  const bound = listeners.map(({ address }) => address);
  const addresses = { http: bound[0]! };
  const tls = tlsAddress(bindings, bound);
  log.info("listening", {
    ...addresses,
    ...(tls === null ? {} : { tls }),
    store: config.Store,
    files,
  });
  if (config.UploadSecret === null) {
    log.warn("everybody may upload: msfs.conf has no UploadSecret", addresses);
  }
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync(); // Once, however often it is called.
  return { addresses, tlsAddress: tls, stop, [Symbol.asyncDispose]: stop };
}

/** `Deno.serve` has no TLS whose certificate could change; the port with TLS is `node:http`'s. */
function plainListener(address: Address, context: MsfsContext): Listener {
  const { clock, log } = context;
  return new HttpListener(address, {
    clock,
    log,
    answer: (request, remote) => answerRequest(request, remote, context),
    answerStopping: () => emptyAnswer(503),
    stopLimitMs: STOP_LIMIT_MS * ANSWER_SHARE,
  });
}

function connectionLimits({ MaxConnCnt, MaxConnCntPerIP }: MsfsConfig) {
  return {
    maxLinks: MaxConnCnt,
    ...(MaxConnCntPerIP === 0 ? {} : { maxLinksPerAddress: MaxConnCntPerIP }),
  };
}
