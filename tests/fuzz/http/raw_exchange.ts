/** One HTTP exchange of raw bytes, until the server ends the connection. */
import { Buffer } from "node:buffer";
import { connect } from "node:net";

/** A server that does not answer or close for so long hangs, in milliseconds. */
const DEADLINE_MS = 10_000;
/** More of an answer is not needed to see what it is. */
const KEPT_BYTES = 4096;

/** What may be the beginning of a request only is waited for so long, in milliseconds. */
const PATIENCE_MS = 30;

/**
 * Sends the bytes and returns the beginning of what came. A `whole` request says that it is the last
 * one, and has to be answered; what may be incomplete is ended after a while, which a server may take
 * for the end of its interest too. A stream of events, which has no end, is left after its head.
 * @throws when the server lets it wait
 */
export function exchange(
  port: number,
  request: Uint8Array,
  kind: "whole" | "spoilt",
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const patience = kind === "whole" ? null : setTimeout(() => socket.end(), PATIENCE_MS);
    const deadline = setTimeout(() => {
      reject(new Error(`nothing for ${DEADLINE_MS} ms after ${JSON.stringify(answer)}`));
      socket.destroy();
    }, DEADLINE_MS);
    socket.on("connect", () => socket.write(request));
    socket.on("data", (bytes: Buffer) => {
      if (answer.length < KEPT_BYTES) answer += bytes.toString("latin1");
      if (answer.includes("text/event-stream")) socket.destroy();
    });
    // A server may close before it has read everything.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(deadline);
      if (patience !== null) clearTimeout(patience);
      resolve(answer);
    });
  });
}

/** The status of an answer; `null` when there is none. */
export function statusOf(answer: string): number | null {
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(answer) ?? [];
  return status === undefined ? null : Number(status);
}
