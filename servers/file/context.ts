/** What the handlers of this role work with, and who calls them. */
import type { IpAddr } from "../../proto/mod.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Auth, Call, Caller } from "../../shared/dispatch/mod.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Link, Watch } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import type { FileConfig } from "./config.ts";
import type { DownloadTask } from "./state/download_task.ts";
import type { OnlineTask } from "./state/online_task.ts";
import type { TaskOrder } from "./state/task_order.ts";
import type { TaskTable } from "./state/task_table.ts";
import type { UploadTask } from "./state/upload_task.ts";
import type { FileStore } from "./store/file_store.ts";
import type { StoredFile } from "./store/stored_file.ts";
import type { UploadFile } from "./store/upload_file.ts";

export interface FileContext {
  readonly config: FileConfig;
  readonly tasks: TaskTable<FileClient>;
  readonly order: TaskOrder;
  readonly store: FileStore;
  /** What clients are told to connect to. */
  readonly publicAddresses: () => readonly IpAddr[];
  readonly clock: Clock;
  readonly log: Logger;
}

export type OnlineSeat = { readonly kind: "online"; readonly task: OnlineTask<FileClient> };

export type UploadSeat = {
  readonly kind: "upload";
  readonly task: UploadTask<FileClient>;
  readonly file: UploadFile;
};

export type DownloadSeat = {
  readonly kind: "download";
  readonly task: DownloadTask<FileClient>;
  readonly file: StoredFile;
};

/** The place of a connection in its one task, from the login to the end. */
export type Seat = { readonly userId: number } & (OnlineSeat | UploadSeat | DownloadSeat);

/**
 * Unsent output to a client with which no more is read from whoever makes it: what a slow reader
 * costs is this and one frame.
 */
export const MAX_UNSENT_BYTES = 256 * 1024;

/** A connection of a client. */
export class FileClient implements Caller {
  readonly link: Link;
  readonly context: FileContext;
  readonly watch: Watch;
  seat: Seat | null = null;
  #isHeld = false;
  #unsentBefore = 0;

  constructor(link: Link, context: FileContext, watch: Watch) {
    this.link = link;
    this.context = context;
    this.watch = watch;
  }

  get auth(): Auth {
    return this.seat === null ? "none" : "user";
  }

  reply(frame: Uint8Array): void {
    this.link.send(frame);
  }

  send(commandId: number, seqNum: number, body: Uint8Array): void {
    this.link.send(buildFrame(commandId, seqNum, body));
  }

  close(reason: string): void {
    this.link.close(reason);
  }

  /** Reads nothing from the client until `work` is done; it must not reject. */
  async hold(work: Promise<unknown>): Promise<void> {
    this.#isHeld = true;
    this.link.pause();
    await work;
    this.#isHeld = false;
    this.link.resume();
  }

  /** Whether more has to leave before anything may be added. */
  get isBehind(): boolean {
    return this.link.backlogBytes > MAX_UNSENT_BYTES;
  }

  /**
   * Whether output has left since the last time it was asked, once a second. One that is not read
   * from does not fall silent by itself.
   */
  hasMoved(): boolean {
    if (this.#isHeld) this.link.silentSec = 0;
    const unsent = this.link.backlogBytes;
    const hasMoved = unsent !== this.#unsentBefore;
    this.#unsentBefore = unsent;
    return hasMoved;
  }
}

export type ClientCall = Call<FileClient>;

/** A link of a msg_server. */
export class MsgServerCaller implements Caller {
  readonly auth = "peer";
  readonly link: Link;
  readonly context: FileContext;

  constructor(link: Link, context: FileContext) {
    this.link = link;
    this.context = context;
  }

  reply(frame: Uint8Array): void {
    this.link.send(frame);
  }
}

export type MsgServerCall = Call<MsgServerCaller>;
