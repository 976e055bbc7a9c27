/** A table for people and a line of JSON for programs, per scenario. */
import { availableParallelism, totalmem } from "node:os";
import type { Figures, Spread, Summary } from "./figures.ts";
import { summarise } from "./figures.ts";
import { cpuModel } from "./proc.ts";
import type { Column, Plan, Scenario } from "../scenario.ts";

export interface CaseRuns {
  readonly label: string;
  readonly runs: readonly Figures[];
}

export interface Report {
  readonly scenario: Scenario;
  readonly plan: Plan;
  /** What was measured: engine, layout and how much there was before. */
  readonly setting: Readonly<Record<string, string | number>>;
  readonly seconds: number;
  readonly cases: readonly CaseRuns[];
}

export function machineFacts() {
  return {
    cores: availableParallelism(),
    cpu: cpuModel(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
  };
}

/** Medians of the runs, and for the first column also how far they lay apart. */
export function tableOf({ scenario, plan, setting, seconds, cases }: Report): string {
  const columns = expanded(scenario.columns, cases);
  const header = ["", columns[0]!.title, "min-max", ...columns.slice(1).map(({ title }) => title)];
  const rows = cases.map(({ label, runs }) => {
    const summary = summarise(runs);
    const [first, ...rest] = columns;
    const spread = summary[first!.figure] ?? null;
    return [
      label,
      cell(summary, first!),
      range(spread, first!),
      ...rest.map((column) => cell(summary, column)),
    ];
  });
  const runs = cases[0]?.runs.length ?? 0;
  return [
    `${scenario.name}: ${plan.about}`,
    `${settingText(setting)}; median of ${runs} run${runs === 1 ? "" : "s"} of ` +
    `${seconds} s`,
    ...alignColumns([header, ...rows]),
  ].join("\n");
}

/** Names are told where a bare number would say nothing. */
function settingText(setting: Report["setting"]): string {
  return Object.entries(setting).filter(([, value]) => value !== 0)
    .map(([name, value]) => typeof value === "number" ? `${value} ${name}` : value).join(", ");
}

/** With the columns of every process that was watched. */
function expanded(columns: readonly Column[], cases: readonly CaseRuns[]): readonly Column[] {
  const names = new Set(cases.flatMap(({ runs }) => runs.flatMap((run) => Object.keys(run))));
  return columns.flatMap((column) => {
    if (column.perProcess === undefined) return [column];
    const prefix = `${column.figure}_`;
    const processes = [...names].filter((name) => name.startsWith(prefix))
      .map((figure) => ({ title: figure.slice(prefix.length), figure, digits: column.digits }));
    return processes.length < 2 ? [column] : [column, ...processes];
  });
}

export function jsonOf({ scenario, setting, seconds, cases }: Report): string {
  return JSON.stringify({
    scenario: scenario.name,
    ...setting,
    seconds,
    runs: cases[0]?.runs.length ?? 0,
    machine: machineFacts(),
    cases: cases.map(({ label, runs }) => ({ label, ...rounded(summarise(runs)) })),
  });
}

function cell(summary: Summary, { figure, digits }: Column): string {
  const spread = summary[figure] ?? null;
  return spread === null ? "-" : spread.median.toFixed(digits);
}

function range(spread: Spread | null, { digits }: Column): string {
  return spread === null ? "-" : `${spread.min.toFixed(digits)}-${spread.max.toFixed(digits)}`;
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((text, column) => text.padStart(widths[column]!)).join("  "));
}

/** Three decimals are more than any figure is worth. */
function rounded(summary: Summary): Summary {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return Object.fromEntries(
    Object.entries(summary).map(([name, spread]) => [
      name,
      spread === null ? null : {
        median: round(spread.median),
        min: round(spread.min),
        max: round(spread.max),
      },
    ]),
  );
}
