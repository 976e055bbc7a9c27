/**
 * The recorded client connections against our cluster: what the clients sent is sent again byte for
 * byte, and what comes back has to be what the original servers answered. The servers' clock is set
 * to the recorded times, so that nothing in an answer needs to be left out of the comparison.
 */
import { CID_FILE_REQUEST, IMFileRsp } from "../../proto/mod.ts";
import { bodyOf, commandIdOf } from "../../shared/pdu/mod.ts";
import { type LinkKind, startCluster } from "../support/cluster.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { neededBy, type StorageKind } from "../support/data_place.ts";
import { makesTask } from "../support/played_servers.ts";
import type { ScriptedServer } from "../support/scripted_server.ts";
import { Clients } from "./support/clients.ts";
import { CONVERSATIONS, FILE_SERVER, requiredFrames, type Step } from "./support/conversations.ts";
import { fixtureSeed, SEEDED_AT } from "./support/fixture.ts";
import { type Recorded, timeOfRequest } from "./support/recording.ts";
import { SessionClock } from "./support/session_clock.ts";

interface Cell {
  readonly links: LinkKind;
  readonly storage: StorageKind;
}

const CELLS: readonly Cell[] = [
  { links: "tcp", storage: "sqlite" },
  { links: "memory", storage: "sqlite" },
  { links: "tcp", storage: "mysql" },
];

for (const [name, { shows, difference }] of Object.entries(CONVERSATIONS)) {
  for (const cell of CELLS) {
    const as = difference === undefined ? "" : `, as ${difference.entry} requires`;
    const where = `over ${cell.links} on ${cell.storage}`;
    Deno.test(`msg_server, golden ${name} ${where}: ${shows}${as}`, async (t) => {
      if (await isSkipped(t, neededBy(cell.storage))) return;
      await replayRecording(name, cell);
    });
  }
}

async function replayRecording(name: string, { links, storage }: Cell): Promise<void> {
  const conversation = CONVERSATIONS[name]!;
  const clock = new SessionClock(SEEDED_AT);
  const played = { fileServers: 1, placeOf: () => FILE_SERVER };
  const seed = fixtureSeed(conversation.users);
  await using cluster = await startCluster({ links, storage, clock, seed, played });
  const [fileServer] = cluster.played.files;
  const address = cluster.msgServers[0]!;
  const network = links === "memory" ? { network: cluster.network } : {};
  await using clients = new Clients({ ...network, address, clock });
  const session = { clients, clock, fileServer: fileServer! };
  for (const step of conversation.before) await take(step, session);
  await clients.skipAll();
  await replay(name, session);
  await clients.expectEnds(conversation);
  await clients.expectNothing(conversation.presence);
}

interface Session {
  readonly clients: Clients;
  readonly clock: SessionClock;
  readonly fileServer: ScriptedServer;
}

async function take(step: Step, session: Session): Promise<void> {
  const { clients, clock } = session;
  if (step.kind === "login") {
    await clients.logIn(step.who);
  } else if (step.kind === "replay") {
    await clients.skipAll();
    await replay(step.name, session);
  } else {
    clock.setSec(step.atSec);
    await clients.request(step.who, step.frame);
  }
}

async function replay(name: string, { clients, clock, fileServer }: Session): Promise<void> {
  const { presence } = CONVERSATIONS[name]!;
  const frames = requiredFrames(name);
  for (const [index, frame] of frames.entries()) {
    if (frame.direction === "c2s") {
      const time = timeOfRequest(frames, index);
      if (time !== null) clock.setSec(time);
      await clients.send(frame.who, frame.bytes);
      if (commandIdOf(frame.bytes) === CID_FILE_REQUEST) {
        await makesTask(fileServer, taskIn(frames[index + 1]!));
      }
    } else {
      await clients.expect(frame, presence);
    }
  }
}

/** The task that the recorded file_server made. */
function taskIn({ bytes }: Recorded): string {
  return IMFileRsp.decode(bodyOf(bytes)).task_id;
}
