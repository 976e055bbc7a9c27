/** Two ends of one link, over each kind of network: what one contract test runs on. */
import { systemClock } from "../../clock.ts";
import { buildFrame } from "../../pdu/header.ts";
import { MemoryNetwork } from "../memory_network.ts";
import { TcpNetwork } from "../tcp_network.ts";
import { SecuredNetwork } from "./secured_network.ts";
import type { Address, ConnectOptions, Link, Listener, ListenOptions, Network } from "../types.ts";
import { Recorder, turns } from "./recorder.ts";

export const LOOPBACK = { host: "127.0.0.1", port: 0 };

export const LIMITS: ListenOptions = {
  maxFrameBytes: 4 * 1024 * 1024,
  maxBacklogBytes: 8 * 1024 * 1024,
  maxLinks: 100,
};

/** The networks that promise the same, by name. */
export const networks: readonly (readonly [string, () => Network])[] = [
  ["TcpNetwork", () => new TcpNetwork(systemClock)],
  ["TcpNetwork with TLS", () => new SecuredNetwork()],
  ["MemoryNetwork", () => new MemoryNetwork(systemClock)],
];

/** Runs `test` once per network; what `use` was given is closed afterwards. */
export function contract(name: string, test: (world: World) => Promise<void>): void {
  for (const [kind, create] of networks) {
    Deno.test(`${kind}: ${name}`, async () => {
      const world = new World(create());
      try {
        await test(world);
      } finally {
        await world.end();
      }
    });
  }
}

export interface End {
  readonly recorder: Recorder;
  readonly link: Link;
}

export class World {
  readonly network: Network;
  readonly #listeners: Listener[] = [];
  readonly #ends: End[] = [];

  constructor(network: Network) {
    this.network = network;
  }

  /** Listens; every accepted link gets its own recorder, which is added to the result. */
  async listen(
    options: Partial<ListenOptions> = {},
    prepare: (end: End) => void = () => {},
    address: Address = LOOPBACK,
  ): Promise<{ listener: Listener; accepted: End[] }> {
    const accepted: End[] = [];
    const listener = await this.network.listen(address, { ...LIMITS, ...options }, (link) => {
      const end = { recorder: new Recorder(), link };
      prepare(end);
      this.#ends.push(end);
      accepted.push(end);
      return {
        frame: end.recorder.frame.bind(end.recorder),
        closed: end.recorder.closed.bind(end.recorder),
      };
    });
    this.#listeners.push(listener);
    return { listener, accepted };
  }

  connect(
    listener: Listener,
    options: Partial<ConnectOptions> = {},
    recorder = new Recorder(),
  ): End {
    const { maxFrameBytes, maxBacklogBytes } = LIMITS;
    const limits = { maxFrameBytes, maxBacklogBytes, ...options };
    const link = this.network.connect(listener.address, limits, recorder);
    const end = { recorder, link };
    this.#ends.push(end);
    return end;
  }

  /** A connected link: `near` called connect, `far` was accepted. */
  async pair(
    options: { near?: Partial<ConnectOptions>; far?: Partial<ListenOptions> } = {},
  ) {
    const { listener, accepted } = await this.listen(options.far);
    const near = this.connect(listener, options.near);
    await near.recorder.untilOpened();
    // Both ends are up when a frame has crossed.
    near.link.send(frameOf(0));
    await until(() => accepted.length === 1 && accepted[0]!.recorder.frames.length === 1);
    const far = accepted[0]!;
    far.recorder.frames.length = 0;
    far.recorder.events.length = 0;
    return { near, far, listener };
  }

  /** Closes everything and waits for it, so that the sanitizers see a clean end. */
  async end(): Promise<void> {
    for (const listener of this.#listeners) await listener.stop();
    for (const { link } of this.#ends) link.abort("end of test");
    for (const { recorder } of this.#ends) await recorder.untilClosed();
    await turns(5);
    if (this.network instanceof SecuredNetwork) this.network.end();
  }
}

/** Waits turn by turn for something that no event tells. */
export async function until(condition: () => boolean): Promise<void> {
  const giveUpAtMs = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > giveUpAtMs) throw new Error(`waited in vain for ${condition}`);
    await turns(1);
  }
}

/** A frame that can be told by its sequence number. */
export function frameOf(seqNum: number, bodyBytes = 4): Uint8Array {
  return buildFrame(0x0301, seqNum, new Uint8Array(bodyBytes).fill(seqNum));
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
