import type { Signal } from "@preact/signals";

/** An island that is also a part of another one. */
export function Double({ count }: { readonly count: Signal<number> }) {
  return <b>{count.value * 2}</b>;
}
