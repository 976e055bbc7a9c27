/** All checks of one run, and the figures that its report shows. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Journal } from "../crowd/journal.ts";
import { type Injected, pause } from "../faults.ts";
import type { Measure } from "../script.ts";
import { roleOf, type Topology } from "../plan/topology.ts";
import { checkAcks } from "./check_acks.ts";
import { checkUnread, type UnreadViolation } from "./check_counters.ts";
import { checkSides, checkView, countLate } from "./check_history.ts";
import { checkLive, countCrossed, type Span } from "./check_live.ts";
import { collectEvidence, type View } from "./evidence.ts";
import { traceOf } from "./trace.ts";
import type { Violation } from "./violation.ts";

export interface RunFacts {
  readonly cluster: Cluster;
  readonly journal: Journal;
  readonly topology: Topology;
  readonly injected: readonly Injected[];
  readonly measures: readonly Measure[];
  /** When everything worked again; `null`: it did not. */
  readonly settledMs: number | null;
  readonly obstacle: string;
}

export interface Counts {
  readonly sent: number;
  readonly acked: number;
  /** Stored without an ack, and of these how many behind what was sent later. */
  readonly storedUnacked: number;
  readonly late: number;
  readonly delivered: number;
  readonly excused: number;
  readonly crossed: number;
  readonly reconnects: number;
  /** Unread counters that are off in a way that is documented. */
  readonly unreadOff: number;
}

export interface Verdict {
  readonly counts: Counts;
  readonly violations: readonly (Violation & { readonly trace: readonly string[] })[];
  readonly notes: readonly string[];
}

/** What Redis has not got yet because it was away comes within this time. */
const COUNTERS_LIMIT_MS = 4000;

export async function verify(facts: RunFacts): Promise<Verdict> {
  const { cluster, journal, topology, injected } = facts;
  const { views, unread } = await evidenceWithCounters(cluster);
  const gaps = topology.engine === "sqlite" ? "none" : "allowed";
  const live = checkLive(journal, views, risksOf(facts));
  const excuse = counterExcuse(facts);
  const excused = unread.filter(({ isLow, isOwnGroup }) =>
    excuse === "any" || (excuse === "own groups" && isLow && isOwnGroup)
  );
  const violations: Violation[] = [
    ...crashes(facts),
    ...recovery(facts),
    ...facts.measures.filter(({ value, limit }) => value > limit).map((measure): Violation => (
      { rule: "slow", what: describeMeasure(measure) }
    )),
    ...journal.kicks.map((terminal): Violation => ({ rule: "kicked", what: terminal })),
    ...checkAcks(journal),
    ...views.flatMap((view) => checkView(view, journal, { gaps })),
    ...checkSides(views),
    ...live.violations,
    ...unread.filter((one) => !excused.includes(one)),
  ];
  const stored = storedOf(views);
  return {
    counts: {
      sent: journal.sent.size,
      acked: journal.ackedCount,
      storedUnacked: [...stored].filter((text) => journal.sent.get(text)?.acks.length === 0).length,
      late: oncePerConversation(views).reduce((sum, view) => sum + countLate(view, journal), 0),
      delivered: live.delivered,
      excused: live.excused,
      crossed: countCrossed(journal),
      reconnects: journal.presences.filter(({ connection }) => connection > 1).length,
      unreadOff: excused.length,
    },
    violations: violations.map((violation) => (
      { ...violation, trace: traceOf(violation, journal, { views, injected }) }
    )),
    notes: [
      ...(facts.obstacle === "" ? [] : [`it waited for: ${facts.obstacle}`]),
      ...(excused.length > 0
        ? [`unread counters that are off, as documented: ${excused.length}`]
        : []),
    ],
  };
}

export function describeMeasure({ what, value, limit, unit }: Measure): string {
  return `${what} ${Math.round(value)} ${unit} (limit ${limit})`;
}

/**
 * What docs/reliability.md says of unread counters on MySQL and Redis: a Redis that loses data loses
 * them, and after a crash between commit and count those of groups may be low for who wrote there.
 */
function counterExcuse({ topology, injected }: RunFacts): "none" | "own groups" | "any" {
  if (topology.engine === "sqlite") return "none";
  const faults = injected.map(({ fault }) => fault);
  if (faults.some(({ kind }) => ["lose", "rollback", "flush"].includes(kind))) return "any";
  const isBetween = faults.some(({ target }) =>
    /^(?:db|suite|roles|everything)|(?:mariadb|redis|engines)$/.test(roleOf(target))
  );
  return isBetween ? "own groups" : "none";
}

async function evidenceWithCounters(
  cluster: Cluster,
): Promise<{ views: readonly View[]; unread: readonly UnreadViolation[] }> {
  const deadlineMs = performance.now() + COUNTERS_LIMIT_MS;
  for (;;) {
    const views = await collectEvidence(cluster);
    const unread = views.flatMap(checkUnread);
    if (unread.length === 0 || performance.now() > deadlineMs) return { views, unread };
    await pause(500);
  }
}

/** Times when live delivery is not promised: servers or links between clients were away. */
export function risksOf(
  { injected, settledMs }: Pick<RunFacts, "injected" | "settledMs">,
): Span[] {
  return injected.filter(({ fault: { kind, target } }) =>
    kind !== "clock" && /^(?:msg|route|login|suite|client|roles|everything)/.test(roleOf(target)) &&
    !/-(?:db|mariadb|redis)$/.test(roleOf(target))
  ).map(({ fromMs }) => ({ fromMs, toMs: settledMs ?? Infinity }));
}

function crashes({ cluster }: RunFacts): Violation[] {
  return [...cluster.processes.values()].flatMap(({ name, crashes, log }) =>
    crashes.map((how): Violation => ({
      rule: "crashed",
      what: `${name}: ${how}; it said: ${log.tail(3).join(" | ")}`,
    }))
  );
}

/** Service came back, and then everything that was sent was acknowledged. */
function recovery({ journal, settledMs, obstacle }: RunFacts): Violation[] {
  if (settledMs === null) return [{ rule: "not_recovered", what: obstacle }];
  return Array.from(journal.sent.values()).filter(({ atMs, acks }) =>
    atMs > settledMs && acks.length === 0
  ).map(({ text }): Violation => ({
    rule: "not_recovered",
    what: "no ack although everything worked again",
    text,
  }));
}

function oncePerConversation(views: readonly View[]): View[] {
  return [...new Map(views.map((view) => [view.conversation, view])).values()];
}

function storedOf(views: readonly View[]): ReadonlySet<string> {
  return new Set(views.flatMap(({ history }) => history.map(({ text }) => text)));
}
