/** A {@link TcpLink} whose other side is a bare socket in the hands of the test. */
import { connect, createServer, type Socket } from "node:net";
import { type Clock, systemClock } from "../../clock.ts";
import { FlushQueue } from "../flush_queue.ts";
import { TcpLink } from "../tcp_link.ts";
import { LIMITS, until } from "./pair.ts";
import { Recorder, turns } from "./recorder.ts";

export interface RawPair extends AsyncDisposable {
  readonly link: TcpLink;
  readonly recorder: Recorder;
  /** The link's socket; its `write` is counted. */
  readonly socket: Socket;
  readonly writes: number[];
  /** The other side, which may be half-open and reads nothing by itself. */
  readonly raw: Socket;
}

export async function rawPair(clock: Clock = systemClock): Promise<RawPair> {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accepted.resolve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const raw = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
  raw.on("error", () => {/* tests reset links on purpose */});
  const socket = await accepted.promise;
  server.close();
  const writes = countWrites(socket);
  const recorder = new Recorder();
  const link = new TcpLink(socket, {
    id: 1,
    transport: "tcp",
    remote: "raw",
    limits: LIMITS,
    clock,
    flushQueue: new FlushQueue(clock),
  });
  link.start(recorder);
  return {
    link,
    recorder,
    socket,
    writes,
    raw,
    async [Symbol.asyncDispose]() {
      link.abort("end of test");
      raw.destroy();
      await until(() => socket.closed && raw.closed);
      await turns(3);
    },
  };
}

/** Collects what the raw side receives from now on. */
export function receive(raw: Socket): { bytes: number; ended: boolean } {
  const seen = { bytes: 0, ended: false };
  raw.on("data", (chunk: Uint8Array) => seen.bytes += chunk.length);
  raw.on("end", () => seen.ended = true);
  return seen;
}

function countWrites(socket: Socket): number[] {
  const writes: number[] = [];
  const write = socket.write.bind(socket);
  socket.write = ((bytes: Uint8Array) => {
    writes.push(bytes.length);
    return write(bytes);
  }) as Socket["write"];
  return writes;
}
