/**
 * db_proxy_server: the only role that touches storage.
 *
 *     links → task lanes → executors (workers: decode, handler, write combiner, engine) → links
 *
 * This file is the network side. It looks at nothing of a frame but its command id, and the lanes at
 * what tells to which worker it belongs. Tasks carry the number of their link, and an answer for a
 * link that is gone is dropped.
 */
import {
  CID_INTERNAL_MANAGE_REQ,
  CID_OTHER_HEARTBEAT,
  CID_OTHER_STOP_RECV_PACKET,
  IMStopReceivePacket,
} from "../../proto/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import {
  ROLE_DB_PROXY_SERVER,
  ROLE_HTTP_MSG_SERVER,
  ROLE_MSG_SERVER,
} from "../../shared/management/features.ts";
import {
  type Address,
  CLOSE_LIMIT_MS,
  closeLinks,
  type Link,
  type Listener,
  Liveness,
  type LivenessPolicy,
  type Network,
  SERVER_LINK_LIMITS,
  SERVER_LINK_POLICY,
  type Watch,
} from "../../shared/netlib/mod.ts";
import { buildFrame, commandIdOf } from "../../shared/pdu/mod.ts";
import { type RoleDeps, type RunningServer, STOP_LIMIT_MS } from "../../shared/role.ts";
import { withinMs } from "../../shared/within.ts";
import type { DbProxyConfig } from "./config.ts";
import type { ExecutorEvents } from "./executor/task_executor.ts";
import { TaskLanes } from "./executor/task_lanes.ts";
import { openStorage, type StorageOpener } from "./storage.ts";
import { HIGH_MARK_BYTES, LOW_MARK_BYTES } from "./state/task_queue.ts";

/** Most links from other servers at a time; further ones are closed at once. */
const MAX_PEER_LINKS = 4096;
/** How long a stopping server serves what is under way, in milliseconds. */
const DRAIN_LIMIT_MS = STOP_LIMIT_MS - 1000;
const SERVER_STOPS = "db_proxy_server stops";

export interface DbProxyDeps extends RoleDeps {
  /** Called when the executor broke down; the process must then end. */
  readonly onFatal: (error: Error) => void;
  /** Logical processors, which limit the number of workers; default: no limit. */
  readonly cores?: number;
  /** For a simulation, which runs everything on one thread; default: the engines as they are. */
  readonly openStorage?: StorageOpener;
}

/** @throws {StorageError} when the data cannot be opened, {ListenError} for a used port */
export async function startDbProxyServer(
  config: DbProxyConfig,
  deps: DbProxyDeps,
): Promise<RunningServer<"peers">> {
  const server = new DbProxyServer(config, deps);
  await server.start();
  return server;
}

interface ServerLink {
  readonly link: Link;
  readonly watch: Watch;
}

/** For links that are not read from: their silence is ours. */
const PAUSED_LINK_POLICY: LivenessPolicy = { ...SERVER_LINK_POLICY, maxSilentSec: Infinity };

class DbProxyServer implements RunningServer<"peers"> {
  readonly #config: DbProxyConfig;
  readonly #deps: DbProxyDeps;
  readonly #links = new Map<number, ServerLink>();
  readonly #liveness: Liveness;
  readonly #network: Network;
  #lanes: TaskLanes | null = null;
  #listeners: Listener[] = [];
  #submitScheduled = false;
  #paused = false;
  #stopping: Promise<void> | null = null;

  constructor(config: DbProxyConfig, deps: DbProxyDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#liveness = new Liveness(deps.clock);
    this.#network = linkNetwork({
      ...deps,
      role: ROLE_DB_PROXY_SERVER,
      admits: [ROLE_MSG_SERVER, ROLE_HTTP_MSG_SERVER],
      security: config.linkSecurity,
    });
  }

  get addresses(): { readonly peers: Address } {
    return { peers: this.#listeners[0]!.address };
  }

  async start(): Promise<void> {
    try {
      this.#lanes = await this.#startLanes();
      for (const address of this.#config.listen) {
        this.#listeners.push(await this.#listen(address));
      }
      this.#deps.log.info("listening", { ...this.addresses });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Tells peers to stop sending, serves what is under way for a while, closes (roles.md 6.5). */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    for (const listener of this.#listeners) await listener.stop();
    const farewell = buildFrame(
      CID_OTHER_STOP_RECV_PACKET,
      0,
      IMStopReceivePacket.encode({ result: 0 }),
    );
    for (const { link } of this.#links.values()) link.send(farewell);
    if (this.#links.size > 0 && this.#config.stopGraceMs > 0) {
      await new Promise<void>((resolve) => {
        this.#deps.clock.after(this.#config.stopGraceMs, resolve);
      });
    }
    const drained = await withinMs(
      this.#deps.clock,
      DRAIN_LIMIT_MS,
      this.#lanes?.drain() ?? Promise.resolve(),
    );
    if (!drained) this.#deps.log.warn("stopped with tasks under way", { limitMs: DRAIN_LIMIT_MS });
    const links = Array.from(this.#links.values(), ({ link }) => link);
    await closeLinks(links, { clock: this.#deps.clock, reason: SERVER_STOPS });
    this.#liveness.stop();
    const closing = this.#lanes?.close() ?? Promise.resolve();
    if (!await withinMs(this.#deps.clock, CLOSE_LIMIT_MS, closing)) {
      this.#deps.log.warn("storage is still busy, not closed", { limitMs: CLOSE_LIMIT_MS });
    }
    this.#lanes = null;
  }

  #startLanes(): Promise<TaskLanes> {
    const { log, clock, random, onFatal, cores = Infinity } = this.#deps;
    const events: ExecutorEvents = {
      reply: (linkId, frame) => this.#links.get(linkId)?.link.send(frame),
      ready: () => this.#submit(),
      failed: onFatal,
    };
    return TaskLanes.start(this.#config, {
      events,
      clock,
      random,
      log,
      cores,
      openStorage: this.#deps.openStorage ?? openStorage,
    });
  }

  #listen(address: Address): Promise<Listener> {
    const options = { ...SERVER_LINK_LIMITS, maxLinks: MAX_PEER_LINKS };
    return this.#network.listen(address, options, (link) => {
      const serverLink = { link, watch: this.#liveness.watch(link, SERVER_LINK_POLICY) };
      this.#links.set(link.id, serverLink);
      if (this.#paused) pause(serverLink);
      this.#deps.log.info("server link opened", { remote: link.remote });
      return {
        frame: (_link, frame) => this.#receive(link, frame),
        closed: (_link, reason) => {
          this.#links.delete(link.id);
          this.#deps.log.info("server link closed", { remote: link.remote, reason });
        },
      };
    });
  }

  #receive(link: Link, frame: Uint8Array): void {
    const commandId = commandIdOf(frame);
    if (commandId === CID_OTHER_HEARTBEAT) return;
    if (commandId === CID_INTERNAL_MANAGE_REQ && !this.#mayManage(link)) {
      this.#deps.log.warn("management refused", { remote: link.remote, role: link.provenRole });
      return;
    }
    if (this.#lanes === null) return; // Stopped: nobody is left to serve it.
    const refusal = this.#lanes.refusalOf(frame);
    if (refusal !== null) return link.send(refusal);
    this.#lanes.push({ linkId: link.id, frame });
    if (this.#lanes.bytes > HIGH_MARK_BYTES) this.#pauseLinks(this.#lanes.bytes);
    if (this.#submitScheduled) return;
    this.#submitScheduled = true;
    this.#deps.clock.soon(() => {
      this.#submitScheduled = false;
      this.#submit();
    });
  }

  /** Administration is http_msg_server's, where servers have to prove what they are. */
  #mayManage(link: Link): boolean {
    return this.#config.linkSecurity.secret === null || link.transport === "memory" ||
      link.provenRole === ROLE_HTTP_MSG_SERVER;
  }

  #submit(): void {
    if (this.#lanes === null) return;
    this.#lanes.submit();
    if (this.#paused && this.#lanes.bytes < LOW_MARK_BYTES) this.#resumeLinks();
  }

  #pauseLinks(bytes: number): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#deps.log.warn("task queue is full, links wait", { bytes });
    for (const link of this.#links.values()) pause(link);
  }

  #resumeLinks(): void {
    this.#paused = false;
    for (const { link, watch } of this.#links.values()) {
      link.silentSec = 0;
      watch.policy = SERVER_LINK_POLICY;
      link.resume();
    }
  }
}

function pause({ link, watch }: ServerLink): void {
  watch.policy = PAUSED_LINK_POLICY;
  link.pause();
}
