/**
 * What is under way while a request is answered. It belongs to the request and not to the module:
 * {@link asset} and islands find it through the asynchronous context.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { ComponentChildren, VNode } from "preact";
import type { ClientBuild, Island } from "../build/client_build.ts";

/** What rendering a page has come by. */
export interface Rendering {
  readonly build: ClientBuild;
  /** The outermost islands in the order of the page; a mark in the page names the index. */
  readonly islands: { readonly island: Island; readonly props: Record<string, unknown> }[];
  readonly head: ComponentChildren[];
}

const requests = new AsyncLocalStorage<{ readonly build: ClientBuild }>();
const renderings = new AsyncLocalStorage<Rendering>();

export function withBuild<T>(build: ClientBuild, run: () => T): T {
  return requests.run({ build }, run);
}

export function whileRendering<T>(rendering: Rendering, run: () => T): T {
  return renderings.run(rendering, run);
}

/** `null` outside of a request. */
export function currentBuildId(): string | null {
  return requests.getStore()?.build.id ?? null;
}

/** @throws outside of {@link whileRendering} */
export function currentRendering(): Rendering {
  const rendering = renderings.getStore();
  if (rendering === undefined) throw new Error("Nothing is being rendered");
  return rendering;
}

/** Takes its children out of the page; {@link Rendering.head} has them then. */
export function HeadMark({ children }: { children?: ComponentChildren }): VNode | null {
  currentRendering().head.push(children);
  return null;
}
