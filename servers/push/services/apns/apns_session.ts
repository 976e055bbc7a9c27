/**
 * One HTTP/2 connection to Apple.
 *
 * It opens when it is made and can be used once the other side has said how many requests it takes
 * at a time: with a token that is one until the first was found good, then many. Requests above that
 * wait here, in line. A connection *retires* when either side ends it in an orderly way, or when a
 * request got no answer: it takes no new requests, those under way may end, and then it closes.
 * Whatever happens, every request ends, with an answer or a {@link ApnsFailure}.
 *
 * Events only take note; what follows from them is done in a later turn. Deno 2.9.6 raises them from
 * within its HTTP/2 library, and the whole process crashes when a connection is destroyed in there.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import type { Clock, Timer } from "../../../../shared/clock.ts";
import type { Secret } from "../../../../shared/config/mod.ts";
import { jsonObject, reasonWord } from "../answer_json.ts";
import { retryAfterMs } from "../retry_after.ts";
import type { ClientCertificate } from "./credentials.ts";

/** How long a connect may take, in milliseconds, until the other side's settings are there. */
export const CONNECT_TIMEOUT_MS = 5000;
/** How long an answer may take, in milliseconds. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** A ping tells after this time whether a connection that says nothing still is one. */
export const PING_PERIOD_MS = 60_000;
export const PING_TIMEOUT_MS = 10_000;
/** Requests at a time, whatever the other side would take. */
export const MAX_STREAMS = 500;
/** Longest answer that is read; Apple's are far shorter. */
const MAX_ANSWER_CHARS = 8192;

export interface ApnsEndpoint {
  /** `https://host:port`. */
  readonly origin: string;
  /** Certificates in PEM that are trusted besides the usual ones; "" for none. */
  readonly trustedCerts: string;
  /** Certificate chain and key in PEM by which Apple knows us, when it is not by a token. */
  readonly clientCert: Secret<ClientCertificate> | null;
}

export interface ApnsAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs: number | null;
}

/** There was no answer. */
export class ApnsFailure extends Error {
  override readonly name = "ApnsFailure";
  /** Whether it is certain that the request was not looked at, so that it can be sent again. */
  readonly isUntouched: boolean;

  constructor(message: string, isUntouched: boolean) {
    super(message);
    this.isUntouched = isUntouched;
  }
}

interface Waiting {
  start(): void;
  fail(failure: ApnsFailure): void;
}

export class ApnsSession {
  readonly #clock: Clock;
  readonly #session: ClientHttp2Session;
  readonly #closed = Promise.withResolvers<void>();
  readonly #waiting: Waiting[] = [];
  readonly #opening: Timer;
  #pings: Timer | null = null;
  #pong: Timer | null = null;
  #isOpen = false;
  #isRetired = false;
  #isClosed = false;
  #streams = 0;
  #reason = "closed by the other side";

  constructor({ origin, trustedCerts, clientCert }: ApnsEndpoint, clock: Clock) {
    this.#clock = clock;
    this.#session = connect(origin, {
      ...(trustedCerts === "" ? {} : { ca: trustedCerts }),
      ...clientCert?.reveal(),
    });
    this.#opening = clock.after(
      CONNECT_TIMEOUT_MS,
      () => this.abort(`no connection within ${CONNECT_TIMEOUT_MS} ms`),
    );
    this.#session.on("remoteSettings", () => clock.soon(() => this.#settingsCame()));
    this.#session.on("goaway", (_code, _lastStream, data) => {
      const reason = goodbye(data);
      clock.soon(() => this.#retire(reason));
    });
    this.#session.on("error", (error: Error) => this.#reason = error.message);
    this.#session.on("close", () => clock.soon(() => this.#sessionClosed()));
  }

  /** Whether a new request may be given to it. */
  get isUsable(): boolean {
    // The connection itself knows first: what its events told is dealt with a turn later.
    return !this.#isRetired && !this.#session.closed && !this.#session.destroyed;
  }

  /** Whether it could ever be used; a connect that fails is not tried again at once. */
  get wasOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when nothing of it is left. */
  get whenClosed(): Promise<void> {
    return this.#closed.promise;
  }

  /** @throws {ApnsFailure} when there is no answer */
  async request(headers: Record<string, string>, body: string): Promise<ApnsAnswer> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push({ start: turn.resolve, fail: turn.reject });
    if (!this.isUsable) this.#failWaiting();
    else this.#startWaiting();
    await turn.promise;
    try {
      return await this.#exchange(headers, body);
    } finally {
      this.#streams--;
      this.#startWaiting();
      this.#closeIfDone();
    }
  }

  /** Closes at once; requests under way fail. */
  abort(reason: string): void {
    if (this.#isClosed) return;
    this.#reason = reason;
    this.#retire(reason);
    this.#session.destroy();
  }

  #settingsCame(): void {
    if (!this.isUsable) return;
    this.#opening.cancel();
    this.#isOpen = true;
    this.#pings ??= this.#clock.every(PING_PERIOD_MS, () => this.#ping());
    this.#startWaiting();
  }

  /** Lets as many start as the other side takes now. */
  #startWaiting(): void {
    if (!this.#isOpen || !this.isUsable) return;
    const max = Math.min(MAX_STREAMS, this.#session.remoteSettings.maxConcurrentStreams ?? 1);
    while (this.#streams < max && this.#waiting.length > 0) {
      this.#streams++;
      this.#waiting.shift()!.start();
    }
  }

  #failWaiting(): void {
    for (const one of this.#waiting.splice(0)) one.fail(new ApnsFailure(this.#reason, true));
  }

  #exchange(headers: Record<string, string>, body: string): Promise<ApnsAnswer> {
    const answer = Promise.withResolvers<ApnsAnswer>();
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(headers);
    } catch {
      // The connection has ended in this very turn.
      this.#retire(this.#reason);
      return Promise.reject(new ApnsFailure(this.#reason, true));
    }
    let received: IncomingHttpHeaders | null = null;
    let text = "";
    let failure: ApnsFailure | null = null;
    const settle = (): void => {
      timeout.cancel();
      if (failure !== null) answer.reject(failure);
      else if (received !== null) answer.resolve(this.#answer(received, text));
      else answer.reject(new ApnsFailure(this.#reason, isRefused(stream)));
    };
    const timeout = this.#clock.after(ANSWER_TIMEOUT_MS, () => {
      failure = new ApnsFailure(`no answer within ${ANSWER_TIMEOUT_MS} ms`, false);
      this.#retire(failure.message);
      stream.close(constants.NGHTTP2_CANCEL);
      this.#clock.soon(settle); // Whether the stream tells of its end or not.
    });
    stream.setEncoding("utf8");
    stream.on("response", (head) => received = head);
    stream.on("data", (part: string) => {
      if (text.length < MAX_ANSWER_CHARS) text += part;
    });
    stream.on("error", () => {/* "close" follows and knows as much */});
    stream.on("close", () => this.#clock.soon(settle));
    stream.end(body);
    return answer.promise;
  }

  #answer(headers: IncomingHttpHeaders, body: string): ApnsAnswer {
    return {
      status: Number(headers[":status"]),
      body,
      retryAfterMs: retryAfterMs(headers["retry-after"], this.#clock.nowMs()),
    };
  }

  #ping(): void {
    if (!this.isUsable || this.#pong !== null) return;
    this.#pong = this.#clock.after(PING_TIMEOUT_MS, () => this.abort("a ping was not answered"));
    this.#session.ping(() => {
      this.#pong?.cancel();
      this.#pong = null;
    });
  }

  #retire(reason: string): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#reason = reason;
    this.#stopTimers();
    this.#failWaiting();
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#isRetired && this.#streams === 0 && !this.#isClosed) this.#session.destroy();
  }

  #sessionClosed(): void {
    this.#isClosed = true;
    this.#stopTimers();
    this.#failWaiting();
    this.#closed.resolve();
  }

  #stopTimers(): void {
    this.#opening.cancel();
    this.#pings?.cancel();
    this.#pong?.cancel();
  }
}

/** Refused streams are those that the other side promises not to have looked at. */
function isRefused(stream: ClientHttp2Stream): boolean {
  return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

/** Apple may say in a last word why it ends a connection. */
function goodbye(data: Uint8Array | undefined): string {
  const text = data === undefined ? "" : new TextDecoder().decode(data);
  return reasonWord(jsonObject(text).reason, "the other side goes away");
}
