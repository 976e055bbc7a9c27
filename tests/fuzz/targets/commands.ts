/**
 * Every command to every port that takes commands, of a whole cluster in memory: as a client before
 * and after its login, and as a server among the others. Input: the name of the door, then frames.
 */
import { Buffer } from "node:buffer";
import type { Input, Session, Target } from "../target.ts";
import { Frames } from "../inputs/frames.ts";
import { pick, shortLength } from "../inputs/pick.ts";
import { turns } from "../servers/aftermath.ts";
import type { BareLink } from "../servers/bare_link.ts";
import { DoorKeeper } from "../servers/doors.ts";
import { FuzzCluster } from "../servers/fuzz_cluster.ts";

const MAX_FRAMES = 8;
/** From a connect to the answers that need nobody else. */
const TURNS = 5;

export const commands: Target = {
  name: "commands",
  checkEvery: 300,
  keepsState: true,
  open,
};

async function open(): Promise<Session> {
  const cluster = await FuzzCluster.start();
  const frames = new Frames();
  const doors = new DoorKeeper(cluster);
  return {
    next(random): Input {
      const door = pick(random, doors.names);
      const count = 1 + shortLength(random, MAX_FRAMES);
      const ids = doors.idsOf(door);
      return [Buffer.from(door), ...Array.from({ length: count }, () => frames.whole(random, ids))];
    },
    async feed([door, ...sent]: Input): Promise<void> {
      const link: BareLink = await doors.enter(Buffer.from(door!).toString());
      for (const frame of sent) link.send(frame);
      await turns(TURNS);
      await doors.leave(Buffer.from(door!).toString(), link);
    },
    async check(): Promise<void> {
      await doors.closeAll();
      await cluster.check();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await doors.closeAll();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
