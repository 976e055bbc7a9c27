/** What route_server knows of who is online, and what it does about it. */
import {
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_SESSION_LIST_REQ,
  CID_OTHER_SERVER_KICK_USER,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_WINDOWS,
  type ClientType,
  IMFiguresReq,
  IMFiguresRsp,
  IMServerKickUser,
  IMSessionListReq,
  IMSessionListRsp,
  KICK_REASON_DUPLICATE_USER,
} from "../../../proto/mod.ts";
import type { Clock, Timer } from "../../../shared/clock.ts";
import { FEATURE_FIGURES, FEATURE_SESSIONS } from "../../../shared/management/features.ts";
import type { MsgServerFigures, RouteFigures } from "../../../shared/management/figures.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { ApiError, type ApiErrorCode } from "../http/errors.ts";
import { AskError, type AskRefusal } from "./pending_answers.ts";
import type { ServerLinks } from "./server_links.ts";

/** route_server answers from memory, msg_server too. */
const ANSWER_LIMIT_MS = 2000;

/** The answer of db_proxy to a login takes no longer to be acted on. */
const LATE_LOGIN_MS = 3000;

const CODES: Readonly<Record<AskRefusal, ApiErrorCode>> = {
  no_link: "presence_unavailable",
  not_spoken: "presence_not_capable",
  no_answer: "presence_unavailable",
  lost: "presence_unavailable",
  busy: "busy",
};

export type TerminalClass = "pc" | "mobile";

/** One client type stands for its class (docs/spec/flows.md 6). */
const CLASS_TYPES: Readonly<Record<TerminalClass, ClientType>> = {
  pc: CLIENT_TYPE_WINDOWS,
  mobile: CLIENT_TYPE_IOS,
};

export class PresenceClient {
  readonly #routes: ServerLinks;
  readonly #clock: Clock;
  readonly #repeats = new Set<Timer>();

  constructor(routes: ServerLinks, clock: Clock) {
    this.#routes = routes;
    this.#clock = clock;
  }

  /** @throws {ApiError} when no route_server can be asked */
  async sessions(query: {
    readonly userIds: readonly number[];
    readonly afterUserId: number;
    readonly limit: number;
  }): Promise<IMSessionListRsp> {
    const frame = await this.#ask(FEATURE_SESSIONS, (attach_data) =>
      buildFrame(
        CID_INTERNAL_SESSION_LIST_REQ,
        0,
        IMSessionListReq.encode({
          after_user_id: query.afterUserId,
          limit: query.limit,
          user_id_list: query.userIds,
          attach_data,
        }),
      ));
    return IMSessionListRsp.decode(bodyOf(frame));
  }

  /** @throws {ApiError} when no route_server can be asked */
  async routeFigures(): Promise<RouteFigures> {
    return JSON.parse(await this.#figures(undefined));
  }

  /** @throws {ApiError} when the msg_server does not answer */
  async msgServerFigures(linkId: number): Promise<MsgServerFigures> {
    return JSON.parse(await this.#figures(linkId));
  }

  /**
   * CID_OTHER_SERVER_KICK_USER to every msg_server: the user's terminals of the classes are told and
   * closed. The reason is the one after which clients do not log in again by themselves.
   * @throws {ApiError} when no route_server is connected
   */
  forceOffline(userId: number, classes: readonly TerminalClass[] = ["pc", "mobile"]): void {
    for (const name of classes) {
      const kick = IMServerKickUser.encode({
        user_id: userId,
        client_type: CLASS_TYPES[name],
        reason: KICK_REASON_DUPLICATE_USER,
      });
      if (!this.#routes.send(buildFrame(CID_OTHER_SERVER_KICK_USER, 0, kick))) {
        throw new ApiError("presence_unavailable");
      }
    }
  }

  /**
   * {@link forceOffline} for somebody who may not log in any more, and once again a little later:
   * the answer to a login that was checked before may still have been on its way to a msg_server.
   * @throws {ApiError} when no route_server is connected
   */
  banish(userId: number): void {
    this.forceOffline(userId);
    const timer = this.#clock.after(LATE_LOGIN_MS, () => {
      this.#repeats.delete(timer);
      if (this.#routes.hasUsableLink) this.forceOffline(userId);
    });
    this.#repeats.add(timer);
  }

  stop(): void {
    for (const timer of this.#repeats) timer.cancel();
  }

  async #figures(link_id: number | undefined): Promise<string> {
    const frame = await this.#ask(FEATURE_FIGURES, (attach_data) =>
      buildFrame(
        CID_INTERNAL_FIGURES_REQ,
        0,
        IMFiguresReq.encode({ link_id, attach_data }),
      ));
    return IMFiguresRsp.decode(bodyOf(frame)).figures;
  }

  async #ask(
    feature: string,
    build: (attachData: Uint8Array) => Uint8Array,
  ): Promise<Uint8Array> {
    try {
      return await this.#routes.ask(feature, build, ANSWER_LIMIT_MS);
    } catch (error) {
      throw error instanceof AskError ? new ApiError(CODES[error.refusal]) : error;
    }
  }
}
