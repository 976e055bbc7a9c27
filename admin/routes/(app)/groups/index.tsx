import { page } from "fresh";
import { Icon } from "../../../components/icon.tsx";
import { DataTable, SearchField } from "../../../components/list.tsx";
import { Pager, SortHead } from "../../../components/pager.tsx";
import { Avatar, Badge, Empty, PageHead } from "../../../components/parts.tsx";
import { seeOther } from "../../../lib/answers.ts";
import { formatNumber, formatTime } from "../../../lib/format.ts";
import { choiceOf, lastPage, numberOf, searchOf } from "../../../lib/query.ts";
import { define } from "../../../utils.ts";

const PAGE_SIZE = 50;
const SORTS = ["id", "name", "created", "last_message"] as const;
const TYPES = ["all", "normal", "temporary"] as const;

export const handler = define.handlers({
  async GET(ctx) {
    const { api, t } = ctx.state;
    ctx.state.title = t("groups.title");
    const sort = choiceOf(ctx.url, "sort", SORTS);
    const order = choiceOf(ctx.url, "order", ["asc", "desc"]);
    const type = choiceOf(ctx.url, "type", TYPES);
    const memberId = numberOf(ctx.url, "member_id", { min: 1, max: 0xffff_ffff, fallback: 0 });
    const search = searchOf(ctx.url);
    const groups = await api.call("GET /groups", {
      query: {
        search,
        sort,
        order,
        page: numberOf(ctx.url, "page", { min: 1, max: 1_000_000, fallback: 1 }),
        page_size: PAGE_SIZE,
        ...(type !== "all" && { type }),
        ...(memberId > 0 && { member_id: memberId }),
      },
    });
    const last = lastPage(ctx.url, groups);
    if (last !== null) return seeOther(last);
    const member = memberId > 0
      ? await api.call("GET /users/{id}", { path: { id: memberId } })
      : null;
    return page({ groups, member, search, sort, order, type });
  },
});

export default define.page<typeof handler>(function Groups({ data, url, state }) {
  const { t, lang, mayChange } = state;
  const { groups, member, search, sort, order, type } = data;
  const head = { url, sort, order };
  const isFiltered = search !== "" || type !== "all" || member !== null;
  return (
    <>
      <PageHead
        title={t("groups.title")}
        note={member === null
          ? t("groups.note")
          : t("groups.of_member", { name: member.nick || member.name })}
      >
        {mayChange && (
          <a class="btn btn-primary" href="/groups/new">
            <Icon name="plus" />
            {t("groups.add")}
          </a>
        )}
      </PageHead>
      <section class="card" aria-label={t("groups.title")}>
        <form class="toolbar" role="search">
          <SearchField value={search} label={t("groups.search")} t={t} />
          <select class="input" name="type" aria-label={t("groups.type")}>
            {TYPES.map((value) => (
              <option key={value} value={value} selected={value === type}>
                {t(`groups.type_${value}`)}
              </option>
            ))}
          </select>
          {member !== null && <input type="hidden" name="member_id" value={member.id} />}
          <input type="hidden" name="sort" value={sort} />
          <input type="hidden" name="order" value={order} />
          <button type="submit" class="btn">{t("common.filter")}</button>
          {isFiltered && <a class="btn btn-bare" href="/groups">{t("common.reset")}</a>}
        </form>
        {groups.items.length === 0
          ? (
            <Empty icon="groups" title={t(isFiltered ? "groups.none_found" : "groups.none")}>
              {isFiltered && <a class="btn" href="/groups">{t("common.reset")}</a>}
            </Empty>
          )
          : (
            <DataTable
              head={
                <>
                  <SortHead {...head} by="name">{t("groups.name")}</SortHead>
                  <SortHead {...head} by="id" wide>{t("users.id")}</SortHead>
                  <th scope="col">{t("groups.members")}</th>
                  <th scope="col" class="wide">{t("groups.type")}</th>
                  <SortHead {...head} by="last_message" wide>{t("groups.last_message")}</SortHead>
                  <SortHead {...head} by="created" wide>{t("common.created")}</SortHead>
                </>
              }
            >
              {groups.items.map((group) => (
                <tr key={group.id}>
                  <td>
                    <a class="person" href={`/groups/${group.id}`}>
                      <Avatar id={group.id} name={group.name} avatar={group.avatar} />
                      <strong>{group.name}</strong>
                    </a>
                  </td>
                  <td class="wide number muted">{group.id}</td>
                  <td class="number">{formatNumber(group.member_count, lang)}</td>
                  <td class="wide">
                    <Badge tone={group.type === "normal" ? "accent" : "plain"}>
                      {t(`groups.type_${group.type}`)}
                    </Badge>
                  </td>
                  <td class="wide small muted">
                    {formatTime(group.last_message, lang) || t("common.never")}
                  </td>
                  <td class="wide small muted">{formatTime(group.created, lang)}</td>
                </tr>
              ))}
            </DataTable>
          )}
        <Pager url={url} list={groups} t={t} lang={lang} />
      </section>
    </>
  );
});
