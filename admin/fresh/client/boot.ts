/** Runs in the browser: brings the islands of a page to life. */
import { signal } from "@preact/signals";
import { parse } from "devalue";
import { type ComponentType, h, hydrate } from "preact";
import { pageData } from "./page_data.ts";

type Props = Record<string, unknown>;
type IslandModule = Readonly<Record<string, ComponentType<Props>>>;

const data = pageData();
if (data !== null) {
  const props: Props[] = parse(data.props, { Signal: (value: unknown[]) => signal(value[0]) });
  const marks = document.querySelectorAll<HTMLElement>("fresh-island[data-island]");
  await Promise.all([...marks].map(async (mark) => {
    const index = Number(mark.dataset.island);
    const [path, name] = data.islands[index]!;
    const module: IslandModule = await import(path);
    hydrate(h(module[name]!, props[index]!), mark);
    // For tests and styles: from here on the island reacts.
    mark.dataset.ready = "";
  }));
}
