/**
 * Islands in a page. While a page is rendered, an element of a component of `islands/` becomes
 * `<fresh-island data-island="0">` around what the component renders, and its properties are kept
 * for the browser. An island within another one is a part of it.
 */
import { type ComponentType, createContext, h, type JSX, options, type VNode } from "preact";
import { useContext } from "preact/hooks";
import type { ClientBuild, Island } from "../build/client_build.ts";

export interface RenderedIsland {
  readonly island: Island;
  readonly props: Record<string, unknown>;
}

/** Preact runs it before an element is rendered; `__b` is its name in all of Preact 10. */
interface HooksOfPreact {
  __b?: ((vnode: VNode) => void) | undefined;
}

const InsideIsland = createContext(false);

/**
 * Runs `render`, which has to be synchronous: Preact's hooks are one set for the whole process.
 * Islands come in the order of the page; the mark in the page names the index.
 */
export function collectIslands<T>(
  known: ClientBuild["islands"],
  render: () => T,
): { readonly result: T; readonly islands: readonly RenderedIsland[] } {
  const hooks = options as HooksOfPreact;
  const before = hooks.__b;
  const islands: RenderedIsland[] = [];
  /** Elements within marks; they are rendered as they are. */
  const marked = new WeakSet<VNode>();
  hooks.__b = (vnode) => {
    const component = vnode.type as ComponentType<Record<string, unknown>>;
    const island = known.get(component);
    if (island !== undefined && !marked.has(vnode)) {
      vnode.type = (props: Record<string, unknown>) => {
        const element = h(component, props);
        marked.add(element);
        return h(IslandMark, { element, add: () => islands.push({ island, props }) - 1 });
      };
    }
    before?.(vnode);
  };
  try {
    return { result: render(), islands };
  } finally {
    hooks.__b = before;
  }
}

interface IslandMarkProps {
  readonly element: JSX.Element;
  /** Returns the island's number. */
  readonly add: () => number;
}

function IslandMark({ element, add }: IslandMarkProps): JSX.Element {
  if (useContext(InsideIsland)) return element;
  return h(
    "fresh-island",
    { "data-island": add() },
    h(InsideIsland.Provider, { value: true }, element),
  );
}
