/** Paging and sorting of tables, as links that can be shared. */
import type { ComponentChildren } from "preact";
import { formatNumber } from "../lib/format.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { withQuery } from "../lib/query.ts";
import { Icon } from "./icon.tsx";

export function Pager({ url, list, t, lang }: {
  readonly url: URL;
  /** Any list of the API. */
  readonly list: { readonly page: number; readonly page_size: number; readonly total: number };
  readonly t: Translate;
  readonly lang: Lang;
}) {
  const { page, page_size: pageSize, total } = list;
  if (total === 0) return null;
  const pages = Math.ceil(total / pageSize);
  const number = (value: number) => formatNumber(value, lang);
  const from = (page - 1) * pageSize + 1;
  const to = Math.min(page * pageSize, total);
  return (
    <nav class="pager" aria-label={t("pager.label")}>
      <span>
        {t("pager.range", { from: number(from), to: number(to), total: number(total) })}
      </span>
      <span class="actions">
        <PageLink url={url} page={1} isEnd isOff={page <= 1}>{t("pager.first")}</PageLink>
        <PageLink url={url} page={page - 1} isOff={page <= 1}>{t("pager.previous")}</PageLink>
        <span class="number">
          {t("pager.page", { page: number(page), pages: number(pages) })}
        </span>
        <PageLink url={url} page={page + 1} isOff={page >= pages}>{t("pager.next")}</PageLink>
        <PageLink url={url} page={pages} isEnd isOff={page >= pages}>{t("pager.last")}</PageLink>
      </span>
    </nav>
  );
}

function PageLink({ url, page, isOff, isEnd = false, children }: {
  readonly url: URL;
  readonly page: number;
  readonly isOff: boolean;
  /** The first or last page: left out on a phone. */
  readonly isEnd?: boolean;
  readonly children: ComponentChildren;
}) {
  const kind = isEnd ? "btn btn-small pager-end" : "btn btn-small";
  if (isOff) return <span class={kind} aria-disabled="true">{children}</span>;
  return <a class={kind} href={withQuery(url, { page })}>{children}</a>;
}

/** The head of a column; a click sorts by it, another one turns the order round. */
export function SortHead({ url, by, sort, order, wide = false, children }: {
  readonly url: URL;
  readonly by: string;
  readonly sort: string;
  readonly order: "asc" | "desc";
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  const isSorted = by === sort;
  const next = isSorted && order === "asc" ? "desc" : "asc";
  return (
    <th
      scope="col"
      class={wide ? "wide" : undefined}
      aria-sort={isSorted ? order === "asc" ? "ascending" : "descending" : undefined}
    >
      <a href={withQuery(url, { sort: by, order: next, page: null })}>
        {children}
        {isSorted && <Icon name={order === "asc" ? "up" : "down"} />}
      </a>
    </th>
  );
}
