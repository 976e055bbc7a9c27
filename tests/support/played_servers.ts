/** file_servers and push_servers that a test plays itself, for real msg_servers. */
import {
  CID_OTHER_FILE_SERVER_IP_REQ,
  CID_OTHER_FILE_SERVER_IP_RSP,
  CID_OTHER_FILE_TRANSFER_REQ,
  CID_OTHER_FILE_TRANSFER_RSP,
  CID_OTHER_PUSH_TO_USER_REQ,
  IMFileServerIPReq,
  IMFileServerIPRsp,
  IMFileTransferReq,
  IMFileTransferRsp,
  IMPushToUserReq,
  type IpAddr,
} from "../../proto/mod.ts";
import { byWeight } from "../../servers/msg/state/rendezvous.ts";
import type { Address, Network } from "../../shared/netlib/mod.ts";
import { type Received, ScriptedServer } from "./scripted_server.ts";
import type { WatchedLog } from "./watched_log.ts";

export interface PlayedCounts {
  readonly fileServers?: number;
  readonly pushServers?: number;
  /** Where the n-th file_server says that clients reach it; default: {@link filePlace}. */
  readonly placeOf?: (at: number) => IpAddr;
}

export function filePlace(at: number): IpAddr {
  return { ip: `192.0.2.${10 + at}`, port: 8600 };
}

/** Which of so many file_servers takes the offline files of a user. */
export function fileHome(userId: number, fileServers: number): number {
  const all = Array.from({ length: fileServers }, (_, at) => at);
  return byWeight(userId, all, (at) => `${filePlace(at).ip}:${filePlace(at).port}`)[0]!;
}

export class PlayedServers implements AsyncDisposable {
  readonly files: readonly ScriptedServer[];
  readonly pushes: readonly ScriptedServer[];
  readonly #placeOf: (at: number) => IpAddr;

  private constructor(parts: {
    readonly files: readonly ScriptedServer[];
    readonly pushes: readonly ScriptedServer[];
    readonly placeOf: (at: number) => IpAddr;
  }) {
    this.files = parts.files;
    this.pushes = parts.pushes;
    this.#placeOf = parts.placeOf;
  }

  static async listen(
    network: Network,
    { fileServers = 0, pushServers = 0, placeOf = filePlace }: PlayedCounts = {},
  ): Promise<PlayedServers> {
    const several = (name: string, count: number): Promise<ScriptedServer[]> =>
      Promise.all(
        Array.from({ length: count }, (_, at) => ScriptedServer.listen(`${name} ${at}`, network)),
      );
    const files = await several("file_server", fileServers);
    return new PlayedServers({ files, pushes: await several("push_server", pushServers), placeOf });
  }

  get addresses(): {
    readonly fileServers: readonly Address[];
    readonly pushServers: readonly Address[];
  } {
    return {
      fileServers: this.files.map(({ address }) => address),
      pushServers: this.pushes.map(({ address }) => address),
    };
  }

  /** Waits for so many msg_servers, and tells them where clients reach the file_servers. */
  async linked(msgServers: number, log: WatchedLog): Promise<void> {
    for (const [at, file] of this.files.entries()) {
      const answer = IMFileServerIPRsp.encode({ ip_addr_list: [this.#placeOf(at)] });
      for (let i = 0; i < msgServers; i++) {
        const asked = await file.expect(CID_OTHER_FILE_SERVER_IP_REQ, IMFileServerIPReq);
        asked.answer(CID_OTHER_FILE_SERVER_IP_RSP, answer);
      }
    }
    await log.logged("file_server says where it is", msgServers * this.files.length);
    await log.logged("push_server link opened", msgServers * this.pushes.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.files, ...this.pushes]) await server[Symbol.asyncDispose]();
  }
}

/** The file_server is asked for a task, and makes it. */
export async function makesTask(
  file: ScriptedServer,
  task_id: string,
): Promise<Received<IMFileTransferReq>> {
  const asked = await file.expect(CID_OTHER_FILE_TRANSFER_REQ, IMFileTransferReq);
  const made = IMFileTransferRsp.encode({ ...asked.message, result_code: 0, task_id });
  asked.answer(CID_OTHER_FILE_TRANSFER_RSP, made);
  return asked;
}

/** The next push: its alert, and whom it goes to with which push_type. */
export async function pushed(
  push: ScriptedServer,
): Promise<[alert: string, ...users: (readonly [userId: number, pushType: number])[]]> {
  const { message } = await push.expect(CID_OTHER_PUSH_TO_USER_REQ, IMPushToUserReq);
  const users = message.user_token_list.map(({ user_id, push_type }) =>
    [user_id, push_type] as const
  );
  return [message.flash, ...users];
}
