/** Asks login_server for a msg_server over a connection of its own, as a client that starts does. */
import { connect } from "node:net";
import type { Address } from "../../../shared/netlib/mod.ts";

const LOOKUP_LIMIT_MS = 60_000;

/** @throws {Error} when there is no answer, or none that names an address */
export function lookUpMsgServer({ host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ host, port, noDelay: true });
    socket.setEncoding("latin1");
    socket.setTimeout(LOOKUP_LIMIT_MS, () => socket.destroy(new Error("no answer to the look-up")));
    socket.on("connect", () => {
      socket.write(`GET /msg_server HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (text: string) => answer += text);
    socket.on("error", reject);
    socket.on("close", () => {
      try {
        resolve(addressIn(answer));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function addressIn(answer: string): Address {
  // Without regard to chunked encoding: the object is the only thing in braces.
  const object = /\{[\s\S]*\}/.exec(answer)?.[0];
  if (object === undefined) throw new Error(`Cannot use the look-up's answer: ${answer}`);
  const { code, priorIP, port } = JSON.parse(object);
  if (Number(code) !== 0) throw new Error(`The look-up was refused, code ${code}`);
  return { host: String(priorIP), port: Number(port) };
}
