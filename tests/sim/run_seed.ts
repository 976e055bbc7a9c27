/**
 * One run of the simulation from one seed: a cluster, its users, faults, and afterwards the check
 * of everything that was promised.
 */
import {
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_WINDOWS,
  type ClientType,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../proto/mod.ts";
import type { SessionRef } from "../../shared/client/requests/history.ts";
import { createLogger, silentLogger } from "../../shared/log/mod.ts";
import { seededRandom } from "../../shared/random.ts";
import { SimCluster } from "./cluster/cluster.ts";
import { planFaults } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { Observer } from "./observer.ts";
import { Membership } from "./membership.ts";
import { GROUPS, GUESTS, KEEPER, OPEN_GROUP, PASSWORD_HASH, USERS } from "./population.ts";
import { GroupKeeper } from "./users/group_keeper.ts";
import { SimUser } from "./users/sim_user.ts";
import { verifyMembers, verifyPresence, verifyStored, verifyUser } from "./verify.ts";
import { SimDisk } from "./world/disk.ts";
import { SimNetwork } from "./world/network.ts";
import { SimProcess } from "./world/process.ts";
import { Scheduler } from "./world/scheduler.ts";

export interface RunOptions {
  readonly seed: number;
  /** The database of the run, with the population in it; it is used up. */
  readonly databasePath: string;
  /** Gets what the servers log; absent: nobody does. */
  readonly trace?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** What went wrong on purpose. */
  readonly faults: readonly string[];
  readonly said: number;
  readonly acked: number;
  readonly delivered: number;
  readonly events: number;
  readonly digest: number;
}

const FAULTS_FROM_MS = 1_000;
const FAULTS_UNTIL_MS = 10_000;
/** Everybody is back by then: the longest wait of a server for another one is 64 s and a fifth. */
const BACK_LIMIT_MS = 120_000;
const STEP_LIMIT_MS = 30_000;
/** Longer than a request waits for its answer. */
const QUIET_MS = 5_000;
/** News of a user who is gone have reached everybody by then. */
const PRESENCE_LIMIT_MS = 1_000;
/** Every so many users have a phone, too. */
const PHONE_EVERY = 5;
/** Every so many users log in at a second desktop, which throws out the first. */
const RIVAL_EVERY = 6;
/** Whoever is thrown out knows it by then. */
const KICK_LIMIT_MS = 1_000;
/** Every so many users lose their machines in the end, to see that they are then shown as offline. */
const LOST_EVERY = 7;
/** Users who check what they are told; all others only check what the tables have. */
const CHECKERS = 5;

export async function runSeed({ seed, databasePath, trace }: RunOptions): Promise<RunResult> {
  const scheduler = new Scheduler(seededRandom(seed));
  const { random } = scheduler;
  const network = new SimNetwork(scheduler);
  const disk = new SimDisk(databasePath);
  using observer = new Observer(databasePath);
  const director = new SimProcess("director", scheduler);
  const log = trace === undefined
    ? silentLogger
    : createLogger({ level: "debug", sink: trace, clock: director.clock });
  const shape = {
    dbProxies: 1 + Math.floor(random.next() * 2),
    msgServers: 2,
    secret: random.next() < 0.5,
  };
  const cluster = new SimCluster({ scheduler, network, disk, log, shape });
  const memberships = [...GROUPS, OPEN_GROUP].map(
    ({ id, members }) => [id, new Membership(members)] as const,
  );
  const ledger = new Ledger(observer, new Map(memberships));
  const users = USERS.map((id) => makeUser(id, CLIENT_TYPE_WINDOWS));
  const phones = USERS.filter((id) => id % PHONE_EVERY === 0)
    .map((id) => makeUser(id, CLIENT_TYPE_IOS));
  const rivals = USERS.filter((id) => id % RIVAL_EVERY === 0)
    .map((id) => makeUser(id, CLIENT_TYPE_WINDOWS, "rival"));
  const keeper = makeUser(KEEPER, CLIENT_TYPE_WINDOWS);
  const terminals = [...users, ...phones, keeper];
  const faults: string[] = [];

  try {
    await within("start", STEP_LIMIT_MS, cluster.start());
    for (const terminal of terminals) void terminal.live();
    for (const rival of rivals) void rival.visit();
    void new GroupKeeper({
      terminal: keeper,
      groupId: OPEN_GROUP.id,
      guests: GUESTS,
      random: seededRandom(Math.floor(random.next() * 2 ** 32)),
      ledger,
    }).keep();
    planFaults(
      {
        scheduler,
        cluster,
        network,
        disk,
        director,
        clients: [...terminals, ...rivals].map(({ process }) => process),
        told: (what) => void faults.push(what),
      },
      FAULTS_FROM_MS,
      FAULTS_UNTIL_MS,
    );
    await scheduler.runUntil(() => ledger.violations.length > 0, FAULTS_UNTIL_MS);
    if (ledger.violations.length === 0) await recover();
    if (ledger.violations.length === 0) await check();
  } catch (error) {
    ledger.violated(error instanceof Error ? error.stack ?? error.message : String(error));
  } finally {
    cluster.kill();
    for (const { process } of [...terminals, ...rivals]) process.kill();
  }
  const { violations, said, acked, delivered } = ledger;
  const { events, digest } = scheduler;
  return { seed, violations, faults, said: said.size, acked, delivered, events, digest };

  function makeUser(id: number, clientType: ClientType, name = "terminal"): SimUser {
    const process = new SimProcess(`${name}${clientType} of user${id}`, scheduler);
    const own = seededRandom(Math.floor(random.next() * 2 ** 32));
    const steps = id === KEEPER ? [] : [1, 2, 5];
    const friends = steps.map((step) => 1 + (id - 1 + step) % USERS.length);
    const groups = GROUPS.filter(({ members }) => members.includes(id));
    if (OPEN_GROUP.members.includes(id) || GUESTS.includes(id)) groups.push(OPEN_GROUP);
    const sessions: SessionRef[] = [
      ...friends.map((session_id) => ({ session_type: SESSION_TYPE_SINGLE, session_id })),
      ...groups.map(({ id: session_id }) => ({ session_type: SESSION_TYPE_GROUP, session_id })),
    ];
    return new SimUser({
      id,
      process,
      network: network.of(process),
      random: own,
      ledger,
      passwordHash: PASSWORD_HASH,
      clientType,
      sessions,
    });
  }

  /** All is well again; everybody must be back soon, and what is under way comes to its end. */
  async function recover(): Promise<void> {
    disk.calm();
    network.heal();
    for (const { process } of cluster.seats) process.skewMs = 0;
    await within("restart", STEP_LIMIT_MS, cluster.startMissing());
    for (const { process } of rivals) process.kill();
    for (const terminal of terminals) terminal.isTalking = false;
    const limitMs = scheduler.nowMs + BACK_LIMIT_MS;
    do {
      await scheduler.runUntil(isWell, limitMs);
      if (!isWell()) {
        const away = terminals.filter(({ isOnline }) => !isOnline).map(({ id }) => id);
        throw new Error(`not back after ${BACK_LIMIT_MS} ms: users ${away.join()}`);
      }
      await scheduler.runUntil(() => false, scheduler.nowMs + QUIET_MS);
      // Whose connection was already lost, and did not know it yet, comes back once more.
    } while (!isWell());
  }

  /** A server that was told to stop is back a little later than all others. */
  function isWell(): boolean {
    return cluster.seats.every(({ isSettled }) => isSettled) &&
      terminals.every(({ isOnline }) => isOnline);
  }

  async function check(): Promise<void> {
    verifyStored(ledger, observer);
    verifyMembers(ledger, observer);
    await within("presence", STEP_LIMIT_MS, verifyPresence(users[0]!, users, ledger));
    const checkers = users.filter(() => random.next() < CHECKERS / users.length);
    for (const user of checkers) {
      await within(`checks of user ${user.id}`, STEP_LIMIT_MS, verifyUser(user, ledger, observer));
    }
    for (const user of checkers) await throwOut(user);
    for (const { id, process } of terminals) if (id % LOST_EVERY === 0) process.kill();
    await scheduler.runUntil(() => false, scheduler.nowMs + PRESENCE_LIMIT_MS);
    const asker = users.find(({ process }) => process.isAlive)!;
    await within("presence", STEP_LIMIT_MS, verifyPresence(asker, users, ledger));
  }

  /** A second desktop takes the place of the first, wherever the two are, and then goes. */
  async function throwOut(user: SimUser): Promise<void> {
    const { client } = user;
    const rival = makeUser(user.id, CLIENT_TYPE_WINDOWS, "second rival");
    rival.isTalking = false;
    void rival.visit();
    await scheduler.runUntil(() => rival.isOnline, scheduler.nowMs + STEP_LIMIT_MS);
    await scheduler.runUntil(() => !client!.isOnline, scheduler.nowMs + KICK_LIMIT_MS);
    if (client!.isOnline) ledger.violated(`user ${user.id} is at two desktops`);
    rival.process.kill();
    await scheduler.runUntil(() => user.isOnline, scheduler.nowMs + STEP_LIMIT_MS);
  }

  async function within(what: string, limitMs: number, step: Promise<void>): Promise<void> {
    let isDone = false;
    let failure: { error: unknown } | null = null;
    step.then(() => void (isDone = true), (error) => {
      failure = { error };
      isDone = true;
    });
    if (!await scheduler.runUntil(() => isDone, scheduler.nowMs + limitMs)) {
      throw new Error(`${what}: not done within ${limitMs} ms`);
    }
    if (failure !== null) throw (failure as { error: unknown }).error;
  }
}
