/**
 * Islands in a page. While a page is rendered, an element of a component of `islands/` becomes
 * `<fresh-island data-island="0">` around what the component renders, and its properties are kept
 * for the browser. An island within another one is a part of it.
 */
import { type ComponentType, createContext, h, type JSX, options, type VNode } from "preact";
import { useContext } from "preact/hooks";
import type { Island } from "../build/client_build.ts";
import { currentRendering } from "./rendering.ts";

type IslandComponent = ComponentType<Record<string, unknown>>;

/** Preact runs it before an element is rendered; `__b` is its name in all of Preact 10. */
interface HooksOfPreact {
  __b?: ((vnode: VNode) => void) | undefined;
}

const InsideIsland = createContext(false);

/** Runs `render`, in which elements of `islands` become marked ones. */
export function withIslands<T>(
  islands: ReadonlyMap<IslandComponent, Island>,
  render: () => T,
): T {
  const hooks = options as HooksOfPreact;
  const before = hooks.__b;
  /** Elements that a mark has made; they are rendered as they are. */
  const inner = new WeakSet<VNode>();
  hooks.__b = (vnode) => {
    const component = vnode.type as IslandComponent;
    const island = islands.get(component);
    if (island !== undefined && !inner.has(vnode)) {
      const elementOf = (props: Record<string, unknown>): JSX.Element => {
        const element = h(component, props);
        inner.add(element);
        return element;
      };
      vnode.type = (props: Record<string, unknown>) =>
        h(IslandMark, { island, props, element: elementOf(props) });
    }
    before?.(vnode);
  };
  try {
    return render();
  } finally {
    hooks.__b = before;
  }
}

interface IslandMarkProps {
  readonly island: Island;
  readonly props: Record<string, unknown>;
  readonly element: JSX.Element;
}

function IslandMark({ island, props, element }: IslandMarkProps): JSX.Element {
  if (useContext(InsideIsland)) return element;
  const { islands } = currentRendering();
  const index = islands.push({ island, props }) - 1;
  return h(
    "fresh-island",
    { "data-island": index },
    h(InsideIsland.Provider, { value: true }, element),
  );
}
