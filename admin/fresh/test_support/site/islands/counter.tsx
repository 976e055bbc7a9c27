import { type Signal, useComputed } from "@preact/signals";
import { asset, IS_BROWSER } from "fresh/runtime";
import { Double } from "./double.tsx";

export interface CounterProps {
  readonly name: string;
  readonly count: Signal<number>;
  readonly since: Date;
}

export function Counter({ name, count, since }: CounterProps) {
  const where = useComputed(() => IS_BROWSER && count.value >= 0 ? "browser" : "server");
  return (
    <p class="counter" id={name}>
      <img alt="" src={asset("/dot.svg")} />
      <button type="button" onClick={() => count.value++}>{name}: {count}</button>
      <output>{where}, {since.toISOString()}</output>
      <Double count={count} />
    </p>
  );
}
