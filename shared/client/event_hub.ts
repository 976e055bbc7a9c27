import type { Clock } from "../clock.ts";
import type { ClientEvents, EventKind } from "./events.ts";
import { type NextOptions, PushChannel } from "./push_channel.ts";

export interface EventHubOptions {
  readonly clock: Clock;
  readonly bufferLimit: number;
  readonly timeoutMs: number;
}

type Channels = { readonly [Kind in EventKind]: PushChannel<ClientEvents[Kind]> };

/** All kinds of pushes of one client. */
export class EventHub {
  readonly #channels: Channels;

  constructor(options: EventHubOptions) {
    const channel = <Kind extends EventKind>(kind: Kind): PushChannel<ClientEvents[Kind]> =>
      new PushChannel({ ...options, kind });
    this.#channels = {
      message: channel("message"),
      kicked: channel("kicked"),
      status: channel("status"),
      readNotify: channel("readNotify"),
      groupChanged: channel("groupChanged"),
      sessionRemoved: channel("sessionRemoved"),
      pcStatus: channel("pcStatus"),
      signInfo: channel("signInfo"),
      avatarChanged: channel("avatarChanged"),
      p2p: channel("p2p"),
      fileNotify: channel("fileNotify"),
      disconnected: channel("disconnected"),
      reconnected: channel("reconnected"),
      closed: channel("closed"),
    };
  }

  on<Kind extends EventKind>(kind: Kind, handler: (event: ClientEvents[Kind]) => void): () => void {
    return this.#channels[kind].on(handler);
  }

  next<Kind extends EventKind>(
    kind: Kind,
    options?: NextOptions<ClientEvents[Kind]>,
  ): Promise<ClientEvents[Kind]> {
    return this.#channels[kind].next(options);
  }

  drain<Kind extends EventKind>(kind: Kind): ClientEvents[Kind][] {
    return this.#channels[kind].drain();
  }

  emit<Kind extends EventKind>(kind: Kind, event: ClientEvents[Kind]): void {
    this.#channels[kind].emit(event);
  }

  /** Pushes that fell out of full buffers. */
  get dropped(): number {
    return Object.values(this.#channels).reduce((sum, channel) => sum + channel.dropped, 0);
  }

  end(error: Error): void {
    for (const channel of Object.values(this.#channels)) channel.end(error);
  }
}
