import { page } from "fresh";
import { Icon } from "../../../components/icon.tsx";
import { DataTable, SearchField } from "../../../components/list.tsx";
import { Pager, SortHead } from "../../../components/pager.tsx";
import { Badge, Empty, PageHead } from "../../../components/parts.tsx";
import { Person } from "../../../components/person.tsx";
import { seeOther } from "../../../lib/answers.ts";
import { onlineAmong } from "../../../lib/presence.ts";
import { departmentChoices } from "../../../lib/departments.ts";
import { choiceOf, lastPage, numberOf, withQuery } from "../../../lib/query.ts";
import { STATUS_FILTERS, STATUS_LEFT, statusKey, userFilter } from "../../../lib/users.ts";
import { define } from "../../../utils.ts";

const PAGE_SIZE = 50;
const SORTS = ["id", "name", "nick", "department_id", "status", "created", "updated"] as const;

export const handler = define.handlers({
  async GET(ctx) {
    const { api, t } = ctx.state;
    ctx.state.title = t("users.title");
    const sort = choiceOf(ctx.url, "sort", SORTS);
    const order = choiceOf(ctx.url, "order", ["asc", "desc"]);
    const number = numberOf(ctx.url, "page", { min: 1, max: 1_000_000, fallback: 1 });
    const filter = userFilter(ctx.url);
    const [users, departments] = await Promise.all([
      api.call("GET /users", {
        query: { ...filter, sort, order, page: number, page_size: PAGE_SIZE },
      }),
      api.call("GET /departments"),
    ]);
    const last = lastPage(ctx.url, users);
    if (last !== null) return seeOther(last);
    const online = await onlineAmong(api, users.items.map(({ id }) => id));
    return page({ users, departments: departments.items, online, filter, sort, order });
  },
});

export default define.page<typeof handler>(function Users({ data, url, state }) {
  const { t, lang, mayChange } = state;
  const { users, departments, online, filter, sort, order } = data;
  const names = new Map(departments.map(({ id, name }) => [id, name]));
  const head = { url, sort, order };
  const status = choiceOf(url, "status", STATUS_FILTERS);
  const isFiltered = filter.search !== "" || filter.department_id !== undefined ||
    status !== "active";
  return (
    <>
      <PageHead title={t("users.title")} note={t("users.note")}>
        <a
          class="btn"
          href={withQuery(new URL("/users/export", url), { ...query(filter), status })}
        >
          <Icon name="download" />
          {t("users.export")}
        </a>
        {mayChange && (
          <>
            <a class="btn" href="/users/import">
              <Icon name="upload" />
              {t("users.import")}
            </a>
            <a class="btn btn-primary" href="/users/new">
              <Icon name="plus" />
              {t("users.add")}
            </a>
          </>
        )}
      </PageHead>
      <section class="card" aria-label={t("users.title")}>
        <form class="toolbar" role="search">
          <SearchField value={filter.search ?? ""} label={t("users.search")} t={t} />
          <select class="input" name="status" aria-label={t("users.status")}>
            {STATUS_FILTERS.map((value) => (
              <option key={value} value={value} selected={value === status}>
                {value === "active" || value === "all"
                  ? t(`users.filter_${value}`)
                  : t(statusKey(Number(value)))}
              </option>
            ))}
          </select>
          <select class="input" name="department_id" aria-label={t("users.department")}>
            <option value="">{t("users.all_departments")}</option>
            {departmentChoices(departments).map(({ value, label }) => (
              <option key={value} value={value} selected={value === filter.department_id}>
                {label}
              </option>
            ))}
          </select>
          <input type="hidden" name="sort" value={sort} />
          <input type="hidden" name="order" value={order} />
          <button type="submit" class="btn">{t("common.filter")}</button>
          {isFiltered && <a class="btn btn-bare" href="/users">{t("common.reset")}</a>}
        </form>
        {users.items.length === 0
          ? (
            <Empty icon="users" title={t(isFiltered ? "users.none_found" : "users.none")}>
              {isFiltered
                ? <a class="btn" href="/users">{t("common.reset")}</a>
                : mayChange && <a class="btn btn-primary" href="/users/new">{t("users.add")}</a>}
            </Empty>
          )
          : (
            <DataTable
              head={
                <>
                  <SortHead {...head} by="name">{t("users.person")}</SortHead>
                  <SortHead {...head} by="id" wide>{t("users.id")}</SortHead>
                  <SortHead {...head} by="department_id" wide>{t("users.department")}</SortHead>
                  <th scope="col" class="wide">{t("users.contact")}</th>
                  <SortHead {...head} by="status">{t("users.status")}</SortHead>
                  {online !== null && <th scope="col">{t("users.online")}</th>}
                </>
              }
            >
              {users.items.map((user) => (
                <tr key={user.id}>
                  <td>
                    <Person {...user} />
                  </td>
                  <td class="wide number muted">{user.id}</td>
                  <td class="wide">
                    {names.get(user.department_id) ?? t("users.no_department")}
                  </td>
                  <td class="wide small muted">
                    {[user.email, user.phone].filter((one) => one).join(" · ")}
                  </td>
                  <td class="nowrap">
                    <Badge tone={user.status === STATUS_LEFT ? "bad" : "plain"}>
                      {t(statusKey(user.status))}
                    </Badge>
                  </td>
                  {online !== null && (
                    <td class="nowrap">
                      {online[user.id] !== undefined && (
                        <Badge tone="good">{online[user.id]!.join(", ")}</Badge>
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </DataTable>
          )}
        <Pager url={url} list={users} t={t} lang={lang} />
      </section>
    </>
  );
});

function query(
  { search = "", department_id }: { readonly search?: string; readonly department_id?: number },
): Readonly<Record<string, string | number | null>> {
  return { search, department_id: department_id ?? null };
}
