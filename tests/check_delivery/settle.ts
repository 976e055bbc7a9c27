/**
 * After the last fault: waits until everything works for everybody again, and tells how long that
 * took. Works means that all terminals are online, that what each PC then sends is acknowledged and
 * seen by all other terminals at once, and that everybody is shown as online to everybody.
 */
import { USER_STATUS_ONLINE } from "../../proto/mod.ts";
import { ONLINE } from "./crowd/cast.ts";
import { groupName } from "./crowd/conversations.ts";
import type { Crowd } from "./crowd/crowd.ts";
import type { Journal } from "./crowd/journal.ts";
import { pause } from "./faults.ts";

/** The longest wait of a server or client for its next try, and that for some in a row. */
const LIMIT_MS = 40_000;
const ROUND_LIMIT_MS = 1500;
/** Everybody is a member. */
const EVERYBODY = groupName(1);
const POLL_MS = 25;

export interface Settled {
  /** From the call to the end of a round in which all worked; `null`: not within the limit. */
  readonly afterMs: number | null;
  /** What did not work when it was last looked at in vain; empty: it never was. */
  readonly obstacle: string;
}

/** @param options.roundMs after so long without success a new round begins */
export async function settle(
  crowd: Crowd,
  { roundMs: limitMs = ROUND_LIMIT_MS }: { readonly roundMs?: number } = {},
): Promise<Settled> {
  const beganMs = performance.now();
  let obstacle = "";
  let before = "";
  while (performance.now() - beganMs < LIMIT_MS) {
    before = obstacle;
    obstacle = await roundObstacle(crowd, limitMs) ?? "";
    if (obstacle === "") return { afterMs: performance.now() - beganMs, obstacle: before };
    await pause(POLL_MS);
  }
  return { afterMs: null, obstacle };
}

async function roundObstacle(crowd: Crowd, limitMs: number): Promise<string | null> {
  const offline = crowd.terminals.filter(({ isOnline }) => !isOnline).map(({ id }) => id);
  if (offline.length > 0) return `offline: ${offline.join(", ")}`;
  const missing = await missingDeliveries(crowd, limitMs);
  return missing ?? await wrongPresence(crowd);
}

/** Everybody says something to everybody. */
async function missingDeliveries(crowd: Crowd, limitMs: number): Promise<string | null> {
  const { journal, terminals } = crowd;
  const from = journal.seen.length;
  const texts = new Map<string, number>();
  for (const userId of ONLINE) {
    const text = crowd.say(userId, EVERYBODY);
    if (text === null) return `offline: ${userId}`;
    texts.set(text, userId);
  }
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const missing = unseen(journal, { texts, from, terminals: terminals.map(({ id }) => id) });
    if (missing === null || performance.now() > deadlineMs) return missing;
    await pause(POLL_MS);
  }
}

interface Round {
  readonly texts: ReadonlyMap<string, number>;
  /** Where in what was seen the round begins. */
  readonly from: number;
  readonly terminals: readonly string[];
}

function unseen(journal: Journal, { texts, from, terminals }: Round): string | null {
  const seen = new Set(
    journal.seen.slice(from).map(({ terminal, text }) => `${terminal} ${text}`),
  );
  for (const [text, authorId] of texts) {
    if (journal.sent.get(text)?.acks.length === 0) return `no ack: ${text}`;
    for (const terminal of terminals) {
      if (terminal === `${authorId}/pc` || seen.has(`${terminal} ${text}`)) continue;
      return `${terminal} does not see: ${text}`;
    }
  }
  return null;
}

/** What terminals are told when they ask, and what they were told without asking. */
async function wrongPresence({ terminals }: Crowd): Promise<string | null> {
  for (const terminal of terminals) {
    const wrong = ONLINE.filter((userId) => terminal.toldOffline.has(userId));
    if (wrong.length > 0) {
      return `${terminal.id} was told last that ${wrong.join(", ")} went offline`;
    }
    try {
      const { user_stat_list } = await terminal.client!.usersStatus(ONLINE);
      const online = user_stat_list.filter(({ status }) => status === USER_STATUS_ONLINE);
      if (online.length === ONLINE.length) continue;
      const shown = online.map(({ user_id }) => user_id);
      return `${terminal.id} is shown as online only ${shown.join(", ")}`;
    } catch (error) {
      return `${terminal.id} is not told who is online: ${error}`;
    }
  }
  return null;
}
