/** The story of one message, for whoever looks into a violation. */
import type { Journal } from "../crowd/journal.ts";
import type { Injected } from "../faults.ts";
import { describeFault } from "../plan/fault.ts";
import type { View } from "./evidence.ts";
import type { Violation } from "./violation.ts";

const AROUND_MS = 10_000;

/** Lines by time, which is in seconds since the first message of the run. */
export function traceOf(
  { text }: Violation,
  journal: Journal,
  { views, injected }: { readonly views: readonly View[]; readonly injected: readonly Injected[] },
): string[] {
  const sent = text === undefined ? undefined : journal.sent.get(text);
  if (sent === undefined) return [];
  const zeroMs = journal.sent.values().next().value!.atMs;
  const events: [number, string][] = [
    [
      sent.atMs,
      `sent by ${sent.terminal}, connection ${sent.connection}, to ${sent.server}: ` +
      `"${shortened(sent.text)}"`,
    ],
    ...sent.acks.map(({ atMs, msgId }): [number, string] => [atMs, `acknowledged as ${msgId}`]),
    ...journal.seen.filter((seen) => seen.text === text).map((seen): [number, string] => [
      seen.atMs,
      `seen by ${seen.terminal}, connection ${seen.connection}, as ${seen.msgId}`,
    ]),
  ];
  for (const { fault, fromMs, toMs } of injected) {
    if (fromMs > sent.atMs + AROUND_MS || toMs < sent.atMs - AROUND_MS) continue;
    events.push([fromMs, `fault begins: ${describeFault(fault)}`], [
      toMs,
      `fault ends: ${fault.kind}`,
    ]);
  }
  for (const { terminal, server, connection, toMs, reason } of journal.presences) {
    if (toMs === null || Math.abs(toMs - sent.atMs) > AROUND_MS) continue;
    events.push([toMs, `${terminal} loses connection ${connection} to ${server}: ${reason}`]);
  }
  const stored = views.filter(({ conversation }) => conversation === sent.conversation).map(
    (view) => {
      const ids = view.history.filter((one) => one.text === text).map(({ msgId }) => msgId);
      return `in the end user ${view.viewerId} has it as ${ids.join(" and ") || "nothing"}`;
    },
  );
  return [
    ...events.toSorted(([a], [b]) => a - b).map(([atMs, what]) =>
      `${((atMs - zeroMs) / 1000).toFixed(3)} s ${what}`
    ),
    ...stored,
  ];
}

function shortened(text: string): string {
  return text.replace(/\.{4,}/, "…");
}
