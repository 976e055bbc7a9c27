/**
 * Every command but a login, at the ports that anybody reaches, from who has not logged in: nothing
 * is written to the database for it, and nobody is logged in. Input: the name of the door, then frames.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { CID_LOGIN_REQ_USERLOGIN, CID_OTHER_HEARTBEAT, COMMANDS } from "../../../proto/mod.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import { until } from "../../support/msfs_fixture.ts";
import { Frames, renamed } from "../inputs/frames.ts";
import { pick, shortLength } from "../inputs/pick.ts";
import { turns } from "../servers/aftermath.ts";
import { DoorKeeper } from "../servers/doors.ts";
import { FuzzCluster } from "../servers/fuzz_cluster.ts";
import type { Input, Session, Target } from "../target.ts";

const DOORS: readonly string[] = ["newcomer", "lookup", "file"];
const ALL_IDS: readonly number[] = [...COMMANDS.keys()];
const MAX_FRAMES = 8;
const TURNS = 5;

export const strangers: Target = { name: "strangers", checkEvery: 300, keepsState: true, open };

async function open(): Promise<Session> {
  const cluster = await FuzzCluster.start();
  const frames = new Frames();
  const doors = new DoorKeeper(cluster);
  const database = new DatabaseSync(cluster.databasePath, { readOnly: true });
  // The witness's first login has a hash made, which is written when there is time.
  await cluster.check();
  await until("the hash of the witness", () => Promise.resolve(hasHash(database)));
  let version = versionOf(database);
  return {
    next(random): Input {
      const count = 1 + shortLength(random, MAX_FRAMES);
      const sent = Array.from({ length: count }, () => frames.whole(random, ALL_IDS));
      return [Buffer.from(pick(random, DOORS)), ...sent.map(withoutLogin)];
    },
    async feed([name, ...sent]: Input): Promise<void> {
      const door = Buffer.from(name!).toString();
      const link = await doors.enter(door);
      for (const frame of sent) link.send(frame);
      await turns(TURNS);
      await doors.leave(door, link);
    },
    async check(): Promise<void> {
      assert.equal(versionOf(database), version, "something was written");
      // The witness logs in, which may write.
      await cluster.check();
      version = versionOf(database);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      database.close();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

function withoutLogin(frame: Uint8Array): Uint8Array {
  const isLogin = commandIdOf(frame) === CID_LOGIN_REQ_USERLOGIN;
  return isLogin ? renamed(frame, CID_OTHER_HEARTBEAT) : frame;
}

/** Changes with every commit of another connection. */
function versionOf(database: DatabaseSync): number {
  const row = database.prepare("PRAGMA data_version").get() as { data_version: number };
  return row.data_version;
}

function hasHash(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM IMUser WHERE name = 'witness' AND hash <> ''").get() !==
    undefined;
}
