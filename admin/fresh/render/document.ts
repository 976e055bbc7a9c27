/** From elements to the HTML of a page, with what the browser needs to bring islands to life. */
import { Fragment, h, type JSX } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type ClientBuild, DATA_ID } from "../build/client_build.ts";
import { stringifyProps } from "./island_props.ts";
import { collectIslands, type RenderedIsland } from "./islands.ts";

export interface DocumentParts {
  readonly content: JSX.Element | null;
  /** Puts `_app.tsx` around the content; `null` leaves it away. */
  readonly frame: ((content: JSX.Element) => JSX.Element) | null;
  readonly build: ClientBuild;
}

export interface RenderedDocument {
  readonly html: string;
  /** Paths of the modules that the browser is going to load. */
  readonly modules: readonly string[];
}

/**
 * The content is rendered before what is around it, as in Fresh: `_app.tsx` sees what a page has
 * left in the state, such as its title.
 */
export function renderDocument({ content, frame, build }: DocumentParts): RenderedDocument {
  const { result, islands } = collectIslands(build.islands, () => {
    const inner = renderToString(content ?? h(Fragment, null));
    return frame === null ? inner : renderToString(frame(jsxTemplate([inner])));
  });
  const entries = [
    ...build.pageModules,
    ...(islands.length > 0 && build.bootModule !== null ? [build.bootModule] : []),
  ];
  const scripts = entries.map((path) => `<script type="module" src="${path}"></script>`);
  const data = islands.length === 0 ? "" : dataBlock(build, islands);
  return {
    html: `<!DOCTYPE html>${intoBody(result, data + scripts.join(""))}`,
    modules: [...new Set([...entries, ...islands.map(({ island }) => island.module)])],
  };
}

/**
 * What `client/page_data.ts` reads: data, as nothing in a page is a script of its own (a strict
 * policy forbids it). No text in it can end the block, whether or not devalue escapes it too.
 */
function dataBlock(build: ClientBuild, islands: readonly RenderedIsland[]): string {
  const json = JSON.stringify({
    build: build.id,
    islands: islands.map(({ island }) => [island.module, island.exportName]),
    props: stringifyProps(islands),
  });
  const safe = json.replaceAll("<", "\\u003c");
  return `<script type="application/json" id="${DATA_ID}">${safe}</script>`;
}

/** To the end of the body, or of everything where no body ends. */
function intoBody(html: string, part: string): string {
  const at = html.lastIndexOf("</body>");
  return at < 0 ? html + part : html.slice(0, at) + part + html.slice(at);
}
