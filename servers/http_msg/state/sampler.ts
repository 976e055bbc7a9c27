/**
 * Figures of route_server and the msg_servers, asked for at most once a second however many look at
 * them, and the rates between the last two samples.
 */
import type { Clock } from "../../../shared/clock.ts";
import type { MsgServerFigures, RouteFigures } from "../../../shared/management/figures.ts";
import { ApiError } from "../http/errors.ts";
import type { PresenceClient } from "../links/presence_client.ts";
import { SharedAnswer } from "./shared_answer.ts";

/** A sample is given again to whoever asks within this time, in milliseconds. */
export const SAMPLE_MS = 1000;
/** Rates over a longer time would tell nothing about now, in milliseconds. */
const MAX_RATE_MS = 5 * 60_000;

export interface MsgServerSample {
  readonly linkId: number;
  /** `null` for an original server, which tells nothing. */
  readonly name: string | null;
  /** `null` when it did not answer. */
  readonly figures: MsgServerFigures | null;
}

export interface Sample {
  readonly atMs: number;
  readonly route: RouteFigures;
  /** How long route_server took to answer, on its way there and back, in milliseconds. */
  readonly routeMs: number;
  readonly msgServers: readonly MsgServerSample[];
  readonly rates: Rates | null;
}

export interface Rates {
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
}

export class Sampler {
  readonly #clock: Clock;
  readonly #presence: PresenceClient;
  readonly #shared: SharedAnswer<Sample>;
  #last: Sample | null = null;

  constructor(clock: Clock, presence: PresenceClient) {
    this.#clock = clock;
    this.#presence = presence;
    this.#shared = new SharedAnswer(clock, SAMPLE_MS, () => this.#take());
  }

  /** `null` when no route_server can be asked. */
  async sample(): Promise<Sample | null> {
    try {
      return await this.#shared.get();
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }

  async #take(): Promise<Sample> {
    const atMs = this.#clock.nowMs();
    const startMs = this.#clock.elapsedMs();
    const route = await this.#presence.routeFigures();
    const routeMs = this.#clock.elapsedMs() - startMs;
    const msgServers = await Promise.all(route.msgServers.map(async ({ linkId, name }) => ({
      linkId,
      name,
      figures: name === null ? null : await this.#figuresOf(linkId),
    })));
    const rates = ratesBetween(this.#last, { atMs, msgServers });
    this.#last = { atMs, route, routeMs, msgServers, rates };
    return this.#last;
  }

  async #figuresOf(linkId: number): Promise<MsgServerFigures | null> {
    try {
      return await this.#presence.msgServerFigures(linkId);
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }
}

/** Of the servers that answered both times; `null` without such, or after too long. */
function ratesBetween(
  before: Sample | null,
  now: Pick<Sample, "atMs" | "msgServers">,
): Rates | null {
  const elapsedMs = before === null ? Infinity : now.atMs - before.atMs;
  if (before === null || elapsedMs > MAX_RATE_MS || elapsedMs <= 0) return null;
  let messages = 0;
  let deliveries = 0;
  let servers = 0;
  for (const { linkId, figures } of now.msgServers) {
    const earlier = before.msgServers.find((one) => one.linkId === linkId)?.figures;
    if (figures === null || earlier === null || earlier === undefined) continue;
    messages += figures.messages - earlier.messages;
    deliveries += figures.deliveries - earlier.deliveries;
    servers++;
  }
  const seconds = elapsedMs / 1000;
  if (servers === 0) return null;
  return {
    seconds,
    messagesPerSecond: messages / seconds,
    deliveriesPerSecond: deliveries / seconds,
  };
}
