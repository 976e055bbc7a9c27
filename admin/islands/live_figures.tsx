import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Figures } from "../lib/figures.ts";

/** Points that are kept: five minutes. */
const MAX_POINTS = 150;
/** A chart begins with so much, in seconds, and grows until the oldest points go. */
const MIN_SHOWN_SEC = 60;
const HEIGHT = 220;

interface Texts {
  readonly ok: string;
  readonly degraded: string;
  readonly users: string;
  readonly messages: string;
  readonly deliveries: string;
  readonly connections: string;
  readonly unknown: string;
  readonly traffic: string;
  readonly presence: string;
  readonly latency: string;
  readonly latency_note: string;
  readonly half: string;
  readonly most: string;
  /** With `{ms}` where the milliseconds go. */
  readonly most_within: string;
  readonly in_last_minute: string;
  readonly to_database: string;
  readonly to_route: string;
  readonly servers: string;
  readonly lost: string;
  readonly locale: string;
  /** In which times are shown. */
  readonly zone: string;
}

const TONES: Readonly<Record<Figures["servers"][number]["state"], string>> = {
  up: "badge badge-good",
  down: "badge badge-bad",
  unknown: "badge badge-plain",
};

/** The figures of the dashboard, which change while the page is open, and their last minutes. */
export default function LiveFigures(
  { first, texts }: { readonly first: Figures; readonly texts: Texts },
) {
  const [figures, setFigures] = useState(first);
  const [isLost, setLost] = useState(false);
  const traffic = useRef<HTMLDivElement>(null);
  const presence = useRef<HTMLDivElement>(null);
  const latency = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const points: Figures[] = [first];
    const charts = new Charts([
      { place: traffic, series: [texts.messages, texts.deliveries], values: trafficOf },
      { place: presence, series: [texts.users, texts.connections], values: presenceOf },
      { place: latency, series: [texts.half, texts.most], values: latencyOf },
    ], texts.zone);
    const events = new EventSource("/api/events");
    let failures = 0;
    events.onmessage = ({ data }) => {
      const next = JSON.parse(data) as Figures;
      failures = 0;
      setLost(false);
      setFigures(next);
      if (next.at > points.at(-1)!.at) points.push(next);
      if (points.length > MAX_POINTS) points.shift();
      charts.show(points);
    };
    events.onerror = () => {
      failures++;
      // The first may be the end of a stream that is only followed by another one.
      setLost(failures > 1 || events.readyState === EventSource.CLOSED);
    };
    charts.open(points);
    return () => {
      events.close();
      charts.close();
    };
  }, []);

  const number = (value: number | null): string =>
    value === null
      ? texts.unknown
      : value.toLocaleString(texts.locale, { maximumFractionDigits: 1 });
  const ms = (value: number | null): string =>
    value === null
      ? texts.unknown
      : `${value.toLocaleString(texts.locale, { maximumFractionDigits: 2 })} ms`;
  const byClient = figures.terminals
    .map(({ client, count }) => `${client} ${number(count)}`).join(" · ");
  const { isOk, servers, latency: { stored, p50, p99, database, route } } = figures;
  return (
    <>
      <p class="live-state" role="status">
        <span class={TONES[isOk ? "up" : "down"]}>{isOk ? texts.ok : texts.degraded}</span>
      </p>
      <div class="figures">
        <Figure label={texts.users} value={number(figures.users)} note={byClient} />
        <Figure label={texts.messages} value={number(figures.messages)} />
        <Figure label={texts.deliveries} value={number(figures.deliveries)} />
        <Figure label={texts.connections} value={number(figures.connections)} />
        <Figure
          label={texts.latency}
          value={ms(p50)}
          note={p99 === null ? "" : texts.most_within.replace("{ms}", ms(p99))}
        />
      </div>
      <p class="notice notice-warn" role="status" hidden={!isLost}>{texts.lost}</p>
      <div class="charts">
        <ChartCard
          title={texts.traffic}
          legend={[texts.messages, texts.deliveries]}
          place={traffic}
        />
        <ChartCard
          title={texts.presence}
          legend={[texts.users, texts.connections]}
          place={presence}
        />
        <ChartCard title={texts.latency} legend={[texts.half, texts.most]} place={latency}>
          <dl class="facts small">
            <dt>{texts.in_last_minute}</dt>
            <dd class="number">{number(stored)}</dd>
            <dt>{texts.to_database}</dt>
            <dd class="number">{ms(database)}</dd>
            <dt>{texts.to_route}</dt>
            <dd class="number">{ms(route)}</dd>
          </dl>
          <p class="small muted">{texts.latency_note}</p>
        </ChartCard>
        <section class="card">
          <div class="card-head">
            <h2>{texts.servers}</h2>
          </div>
          <div class="card-body">
            <ul class="servers">
              {servers.map(({ name, note, state, stateText }, i) => (
                <li key={i} class="server">
                  <span class="person-text">
                    <strong>{name}</strong>
                    <span class="small muted">{note}</span>
                  </span>
                  <span class={TONES[state]}>{stateText}</span>
                </li>
              ))}
            </ul>
          </div>
        </section>
      </div>
    </>
  );
}

function Figure({ label, value, note = "" }: {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}) {
  return (
    <div class="card figure">
      <span class="small muted">{label}</span>
      <strong class="figure-value">{value}</strong>
      {note !== "" && <span class="small muted">{note}</span>}
    </div>
  );
}

function ChartCard({ title, legend, place, children }: {
  readonly title: string;
  readonly legend: readonly [string, string];
  readonly place: RefObject<HTMLDivElement>;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
        <p class="legend">
          <span class="legend-1">{legend[0]}</span>
          <span class="legend-2">{legend[1]}</span>
        </p>
      </div>
      <div class="card-body">
        <div class="chart-place" ref={place} aria-hidden="true" />
        {children}
      </div>
    </section>
  );
}

type Values = (figures: Figures) => readonly [number | null, number | null];
const trafficOf: Values = ({ messages, deliveries }) => [messages, deliveries];
const presenceOf: Values = ({ users, connections }) => [users, connections];
const latencyOf: Values = ({ latency: { p50, p99 } }) => [p50, p99];

interface ChartPlan {
  readonly place: RefObject<HTMLDivElement>;
  readonly series: readonly [string, string];
  readonly values: Values;
}

/** The charts of the page, drawn anew when the theme or the width changes. */
class Charts {
  readonly #plans: readonly ChartPlan[];
  readonly #zone: string;
  readonly #stop = new AbortController();
  readonly #sizes = new ResizeObserver(() => this.#resize());
  #drawn: { readonly plan: ChartPlan; readonly chart: uPlot }[] = [];
  #points: readonly Figures[] = [];

  constructor(plans: readonly ChartPlan[], zone: string) {
    this.#plans = plans;
    this.#zone = zone;
  }

  async open(points: readonly Figures[]): Promise<void> {
    this.#points = points;
    const { default: Plot } = await import("uplot");
    if (this.#stop.signal.aborted) return;
    const { signal } = this.#stop;
    this.#draw(Plot);
    matchMedia("(prefers-color-scheme: dark)")
      .addEventListener("change", () => this.#draw(Plot), { signal });
    for (const { place } of this.#plans) if (place.current) this.#sizes.observe(place.current);
  }

  show(points: readonly Figures[]): void {
    this.#points = points;
    for (const { plan, chart } of this.#drawn) chart.setData(this.#data(plan));
  }

  close(): void {
    this.#stop.abort();
    this.#sizes.disconnect();
    for (const { chart } of this.#drawn) chart.destroy();
  }

  #draw(Plot: typeof uPlot): void {
    for (const { chart } of this.#drawn) chart.destroy();
    this.#drawn = this.#plans.flatMap((plan) => {
      const place = plan.place.current;
      if (place === null) return [];
      const chart = new Plot(options(plan, { place, zone: this.#zone }), this.#data(plan), place);
      return [{ plan, chart }];
    });
  }

  #data({ values }: ChartPlan): uPlot.AlignedData {
    const rows = this.#points.map(values);
    return [
      this.#points.map(({ at }) => at),
      rows.map(([first]) => first),
      rows.map(([, second]) => second),
    ];
  }

  #resize(): void {
    for (const { plan, chart } of this.#drawn) {
      const width = plan.place.current?.clientWidth ?? 0;
      if (width > 0) chart.setSize({ width, height: HEIGHT });
    }
  }
}

function shownTimes(times: ArrayLike<number>): [number, number] {
  const [first = 0, last = first] = [times[0], times[times.length - 1]];
  return [Math.min(first, last - MIN_SHOWN_SEC), last];
}

/** Between two times of the axis, in seconds: whole ones, so that no time is there twice. */
const TIME_STEPS = [1, 5, 10, 15, 30, 60];

function options(
  { series }: ChartPlan,
  { place, zone }: { readonly place: HTMLElement; readonly zone: string },
): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(name);
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: zone });
  const axis = {
    stroke: colour("--axis"),
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    scales: {
      // From the points themselves: of one alone the library makes a day.
      x: { range: ({ data: [times] }) => shownTimes(times) },
      y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.15)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 80,
        incrs: TIME_STEPS,
        values: (_chart, ticks) => ticks.map((sec) => clock.format(sec * 1000)),
      },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      { label: series[0], stroke: colour("--line-1"), width: 2, points: { size: 4 } },
      { label: series[1], stroke: colour("--line-2"), width: 2, dash: [5, 4], points: { size: 4 } },
    ],
  };
}
