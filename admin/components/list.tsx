/** What lists are made of: a search above, a table, and nothing else to scroll but the table. */
import type { ComponentChildren } from "preact";
import SearchKey from "../islands/search_key.tsx";
import type { Translate } from "../lib/i18n/mod.ts";
import { Icon } from "./icon.tsx";

/** The field that `/` leads to. */
export function SearchField({ name = "search", value, label, t }: {
  readonly name?: string;
  readonly value: string;
  readonly label: string;
  readonly t: Translate;
}) {
  return (
    <div class="search">
      <Icon name="search" />
      <input
        class="input"
        type="search"
        name={name}
        value={value}
        maxLength={64}
        placeholder={label}
        aria-label={label}
      />
      <SearchKey label={t("app.search_key")} />
    </div>
  );
}

export function DataTable({ head, label, children }: {
  /** Cells of the first row. */
  readonly head: ComponentChildren;
  /** Of a table that can be scrolled by keyboard, as it may have nothing else to focus. */
  readonly label?: string;
  /** The other rows. */
  readonly children: ComponentChildren;
}) {
  const scrolls = label === undefined ? {} : { tabIndex: 0, role: "group", "aria-label": label };
  return (
    <div class="table-wrap" {...scrolls as Record<string, string>}>
      <table class="table">
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** The head of a column without a title that one could see. */
export function HiddenHead({ end = false, children }: {
  readonly end?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <th scope="col" class={end ? "end" : undefined}>
      <span class="visually-hidden">{children}</span>
    </th>
  );
}
