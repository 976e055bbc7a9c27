/**
 * Fills a place before servers work on it, past them and in large steps, so that ten million messages
 * take minutes. The pairs of users 1 and 2, 3 and 4, … get as many messages each, stored in turn as
 * if all had written at the same time: what lies side by side in a table belongs to different pairs.
 */
import { openStorageBriefly } from "../../../servers/db_proxy/storage.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { Place } from "./place.ts";
import { fillMysqlMessages } from "./preload_mysql.ts";
import { fillSqliteMessages } from "./preload_sqlite.ts";
import { preloadUsers } from "./preload_users.ts";

export interface Preload {
  readonly users: number;
  /** Of all users. */
  readonly password: string;
  /** Stored messages of all pairs together. */
  readonly messages: number;
}

/** How many messages each of how many pairs gets. */
export interface MessagePlan {
  readonly pairs: number;
  readonly perPair: number;
  /** Of the messages, unix seconds. */
  readonly created: number;
  /** `msg_data` of each. */
  readonly text: string;
}

/** Like the text of a short message, encrypted and in base64. */
const TEXT = "x".repeat(128);
/** A date before every benchmark: 2023-11-14. */
const CREATED = 1_700_000_000;
/** File in the folder of a place: how many messages it was filled with. */
const COUNT_FILE = "preloaded_messages";

/** @throws {Error} when data that stays holds other messages than are asked for */
export async function preload(place: Place, { users, password, messages }: Preload): Promise<void> {
  const storage = await openStorageBriefly(place.storage, systemClock);
  await preloadUsers(storage, { users, password });
  await storage.close();
  const path = `${place.folder}/${COUNT_FILE}`;
  const present = await countIn(path);
  if (present >= messages) return;
  if (present > 0) {
    throw new Error(
      `The data was filled with ${present} messages and ${messages} are asked for: use another folder`,
    );
  }
  const pairs = Math.floor(users / 2);
  const perPair = Math.ceil(messages / pairs);
  const plan: MessagePlan = { pairs, perPair, created: CREATED, text: TEXT };
  if (place.storage.kind === "sqlite") fillSqliteMessages(place.storage.path, plan);
  else await fillMysqlMessages(place.storage.master, plan);
  await Deno.writeTextFile(path, String(messages));
}

async function countIn(path: string): Promise<number> {
  try {
    return Number(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
