/** From elements to the HTML of a page, with what the browser needs to bring islands to life. */
import { Fragment, h, type JSX } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type ClientBuild, DATA_ID } from "../build/client_build.ts";
import { stringifyProps } from "./island_props.ts";
import { withIslands } from "./islands.ts";
import { type Rendering, whileRendering } from "./rendering.ts";

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

/** Synchronous from beginning to end, as Preact's hooks are one set for the whole process. */
export function renderDocument({ content, frame, build }: DocumentParts): RenderedDocument {
  const rendering: Rendering = { build, islands: [], head: [] };
  return whileRendering(rendering, () =>
    withIslands(build.islands, () => {
      // The content first: what it puts into the head is known when the head is finished.
      const inner = renderToString(content ?? h(Fragment, null));
      const whole = frame === null ? inner : renderToString(frame(jsxTemplate([inner])));
      const head = renderToString(h(Fragment, null, rendering.head));
      const { html: end, modules } = endOfBody(rendering);
      const html = insertBefore("</body>", withHead(whole, head), end);
      return { html: `<!DOCTYPE html>${html}`, modules };
    }));
}

/** Data and modules; nothing in a page is a script or a style of its own (a strict CSP forbids it). */
function endOfBody({ build, islands }: Rendering): { html: string; modules: readonly string[] } {
  const entries = [
    ...build.pageModules,
    ...(islands.length > 0 && build.bootModule !== null ? [build.bootModule] : []),
  ];
  const data = islands.length === 0 ? "" : jsonBlock({
    build: build.id,
    islands: islands.map(({ island }) => [island.module, island.exportName]),
    props: stringifyProps(islands),
  });
  const scripts = entries.map((path) => `<script type="module" src="${path}"></script>`);
  return {
    html: data + scripts.join(""),
    modules: [...new Set([...entries, ...islands.map(({ island }) => island.module)])],
  };
}

/** A block that no text in it can end. */
function jsonBlock(value: unknown): string {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="${DATA_ID}">${json}</script>`;
}

/** The last title wins, and takes the place of the one that is there. */
function withHead(html: string, head: string): string {
  const title = head.match(/<title\b[^>]*>.*?<\/title>/gs)?.at(-1);
  const rest = head.replace(/<title\b[^>]*>.*?<\/title>/gs, "");
  if (title === undefined) return insertBefore("</head>", html, rest);
  const hasTitle = /<title\b[^>]*>.*?<\/title>/s.test(html);
  return hasTitle
    ? insertBefore(
      "</head>",
      html.replace(/<title\b[^>]*>.*?<\/title>/s, () => title),
      rest,
    )
    : insertBefore("</head>", html, title + rest);
}

/** At the end where `tag` is missing. */
function insertBefore(tag: string, html: string, part: string): string {
  const at = tag === "</head>" ? html.indexOf(tag) : html.lastIndexOf(tag);
  return at < 0 ? html + part : html.slice(0, at) + part + html.slice(at);
}
