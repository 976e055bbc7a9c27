/** Finds the route of a path. */
export interface Match<T> {
  readonly pattern: string;
  readonly params: Record<string, string>;
  /** What was registered for the pattern, in that order. */
  readonly items: readonly T[];
}

/** Characters that make a path a pattern (URLPattern). */
const IS_PATTERN = /[:*{}+?()]/;

interface Entry<T> {
  readonly pattern: string;
  readonly compiled: URLPattern;
  readonly items: T[];
}

/** Fixed paths come first, then patterns in the order in which they were added. */
export class Router<T> {
  readonly #fixed = new Map<string, T[]>();
  readonly #patterns: Entry<T>[] = [];

  add(pattern: string, item: T): void {
    if (!IS_PATTERN.test(pattern)) {
      const items = this.#fixed.get(pattern) ?? [];
      this.#fixed.set(pattern, [...items, item]);
      return;
    }
    const known = this.#patterns.find((entry) => entry.pattern === pattern);
    if (known !== undefined) known.items.push(item);
    else {
      const compiled = new URLPattern({ pathname: pattern });
      this.#patterns.push({ pattern, compiled, items: [item] });
    }
  }

  /**
   * `null` where nothing was registered, and for a path that cannot be decoded. A slash at the end
   * makes no difference.
   */
  match({ pathname }: URL): Match<T> | null {
    const path = pathname === "/" ? "/" : pathname.replace(/\/$/, "");
    const items = this.#fixed.get(path);
    if (items !== undefined) return { pattern: path, params: {}, items };
    for (const { pattern, compiled, items } of this.#patterns) {
      const found = compiled.exec({ pathname: path });
      const params = found && decoded(found.pathname.groups);
      if (params !== null) return { pattern, params, items };
    }
    return null;
  }
}

function decoded(groups: Record<string, string | undefined>): Record<string, string> | null {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURI(value ?? "")]),
    );
  } catch {
    return null;
  }
}
