import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { ManualClock } from "../clock.ts";
import { HEAR_LIMIT_MS, LATE_LIMIT_MS, LOOK_MS, PortWatch } from "./port_watch.ts";

/** A listening socket whose watch hears of what is accepted, or does not. */
class Watched implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly taken: Socket[] = [];
  hears = true;
  deaf = 0;
  accepted = 0;
  readonly #server: Server;
  readonly #watch: PortWatch;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#watch = new PortWatch({
      clock: this.clock,
      address: { host: "0.0.0.0", port },
      onDeaf: () => this.deaf++,
    });
    server.on("connection", (socket: Socket) => {
      this.accepted++;
      if (!this.hears) socket.destroy();
      else this.#watch.accepted(socket, () => this.taken.push(socket));
    });
  }

  static async open(): Promise<Watched> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    return new Watched(server, (server.address() as { port: number }).port);
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch.stop();
    for (const socket of this.taken) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const TOO_LATE_MS = HEAR_LIMIT_MS + LATE_LIMIT_MS;

Deno.test("PortWatch knocks where nobody comes, and shows the knock to nobody", async () => {
  await using watched = await Watched.open();
  for (let look = 1; look <= 3; look++) {
    watched.clock.advance(LOOK_MS);
    await watched.until(() => watched.accepted === look);
    await watched.until(() => watched.clock.pendingTimers === 1); // The next look.
    watched.clock.advance(LOOK_MS); // Somebody has come since the last one: the knock.
  }
  assert.deepEqual([watched.taken.length, watched.deaf], [0, 0]);
});

Deno.test("PortWatch lets everybody else in, also while it knocks", async () => {
  await using watched = await Watched.open();
  const clients = Array.from({ length: 5 }, () => connect(watched.port, "127.0.0.1"));
  watched.clock.advance(LOOK_MS);
  clients.push(...Array.from({ length: 5 }, () => connect(watched.port, "127.0.0.1")));
  await watched.until(() => watched.accepted === 11 && watched.taken.length === 10);
  await watched.until(() => watched.clock.pendingTimers === 1);
  for (const client of clients) client.destroy();
  assert.equal(watched.deaf, 0);
});

Deno.test("PortWatch tells of a port that does not hear, after some time", async () => {
  await using watched = await Watched.open();
  watched.hears = false;
  watched.clock.advance(LOOK_MS);
  assert.equal(watched.clock.pendingTimers, 2);
  watched.clock.advance(TOO_LATE_MS - 1);
  assert.equal(watched.deaf, 0);
  watched.clock.advance(1);
  assert.equal(watched.deaf, 1);
});

Deno.test("PortWatch says nothing when it cannot knock", async () => {
  const watched = await Watched.open();
  const { clock } = watched;
  const [{ port }] = [watched];
  await watched[Symbol.asyncDispose]();
  let deaf = 0;
  const watch = new PortWatch({
    clock,
    address: { host: "127.0.0.1", port },
    onDeaf: () => deaf++,
  });
  clock.advance(LOOK_MS);
  while (clock.pendingTimers > 1) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(TOO_LATE_MS);
  watch.stop();
  assert.deepEqual([deaf, clock.pendingTimers], [0, 0]);
});
