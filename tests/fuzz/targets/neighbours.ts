/**
 * Hostile servers around a msg_server and an http_msg_server: what they ask is answered with anything,
 * and anything is sent to them unasked, while a user goes on. Input: who sends, "client" or one of the
 * servers; whether it answers what was asked last ("answer") or not; then frames.
 */
import { Buffer } from "node:buffer";
import { CID_OTHER_STOP_RECV_PACKET, COMMANDS } from "../../../proto/mod.ts";
import { Frames } from "../inputs/frames.ts";
import { pick, shortLength } from "../inputs/pick.ts";
import { turns } from "../servers/aftermath.ts";
import { HOSTILE, type HostileName, HostileServers } from "../servers/hostile_servers.ts";
import type { Input, Session, Target } from "../target.ts";

const MAX_FRAMES = 6;
const TURNS = 4;
const PASS_MS = 100;

/** What is meant for those that are fed. */
const HOPS: Readonly<Record<"client" | HostileName, RegExp>> = {
  client: /C[→↔]M/,
  db: /D[→↔][MH]/,
  route: /R[→↔][MH]/,
  login: /L[→↔][MH]/,
  file: /F[→↔]M/,
  push: /P[→↔]M/,
};

export const neighbours: Target = { name: "neighbours", checkEvery: 200, keepsState: true, open };

function idsOf(name: "client" | HostileName): readonly number[] {
  const meant = [...COMMANDS.values()].filter(({ hops }) => HOPS[name].test(hops));
  // A server that stops is not asked any more: that comes by chance often enough.
  return meant.map(({ id }) => id).filter((id) => id !== CID_OTHER_STOP_RECV_PACKET);
}

async function open(): Promise<Session> {
  const servers = await HostileServers.start();
  const frames = new Frames();
  // The servers that are asked for most of what clients want answer most.
  const names = ["client", "client", "db", "db", ...HOSTILE] as const;
  return {
    next(random): Input {
      const name = pick(random, names);
      const ids = idsOf(name);
      const count = 1 + shortLength(random, MAX_FRAMES);
      const sent = Array.from({ length: count }, () => frames.whole(random, ids));
      return [Buffer.from(name), Buffer.from(pick(random, ["answer", "unasked"])), ...sent];
    },
    async feed([who, how, ...sent]: Input): Promise<void> {
      const name = Buffer.from(who!).toString();
      const isAnswer = Buffer.from(how!).toString() === "answer";
      for (const frame of sent) {
        if (name === "client") await servers.sendAsClient(frame);
        else if (isAnswer) servers.answerAs(name as HostileName, frame);
        else servers.sendAs(name as HostileName, frame);
      }
      servers.pass(PASS_MS);
      await turns(TURNS);
    },
    check: () => servers.check(),
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  };
}
