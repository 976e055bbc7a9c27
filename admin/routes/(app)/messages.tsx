import { page } from "fresh";
import { FormError, TextField } from "../../components/field.tsx";
import { Avatar, Card, Empty, PageHead } from "../../components/parts.tsx";
import { mayReadMessages, requireManager } from "../../lib/access.ts";
import { ApiError } from "../../lib/api.ts";
import { type Conversation, readConversation } from "../../lib/conversation.ts";
import { errorText, type FormState, isSignedOut } from "../../lib/forms.ts";
import { formatTime } from "../../lib/format.ts";
import type { Lang, Translate } from "../../lib/i18n/mod.ts";
import { searchOf, withQuery } from "../../lib/query.ts";
import { define } from "../../utils.ts";

interface Data {
  readonly form: FormState;
  readonly conversation: Conversation | null;
  readonly isOff: boolean;
}

export const handler = define.handlers({
  async GET(ctx) {
    requireManager(ctx.state);
    const { api, t } = ctx.state;
    ctx.state.title = t("messages.title");
    const values = {
      user: searchOf(ctx.url, "user"),
      peer: searchOf(ctx.url, "peer"),
      group: searchOf(ctx.url, "group"),
    };
    const show = (data: Partial<Data>, status = 200) =>
      page<Data>({ form: { values, errors: {} }, conversation: null, isOff: false, ...data }, {
        status,
      });
    if (!mayReadMessages(ctx.state.me)) return show({ isOff: true }, 403);
    if (values.group === "" && values.user === "" && values.peer === "") return show({});
    try {
      const read = await readConversation(api, { ...values, url: ctx.url });
      if (read.ok) return show({ conversation: read.conversation });
      return show({ form: { values, errors: { [read.field]: t(read.key) } } }, 422);
    } catch (error) {
      if (!(error instanceof ApiError) || isSignedOut(error)) throw error;
      return show({ form: { values, errors: { "": errorText(error, t) } } }, error.status);
    }
  },
});

export default define.page<typeof handler>(function Messages({ data, url, state }) {
  const { t, lang } = state;
  const { form, conversation, isOff } = data;
  return (
    <>
      <PageHead title={t("messages.title")} note={t("messages.note")} />
      {isOff
        ? (
          <Card title={t("messages.off")}>
            <p role="alert">{t("messages.turn_on")}</p>
          </Card>
        )
        : <Reading form={form} conversation={conversation} url={url} t={t} lang={lang} />}
    </>
  );
});

function Reading({ form, conversation, url, t, lang }: Omit<Data, "isOff"> & {
  readonly url: URL;
  readonly t: Translate;
  readonly lang: Lang;
}) {
  return (
    <div class="columns">
      <Card title={t("messages.conversation")}>
        {conversation === null
          ? <Empty icon="messages" title={t("messages.choose")} />
          : conversation.messages.length === 0
          ? <Empty icon="messages" title={t("messages.none")} />
          : (
            <>
              <ol class="talk">
                {conversation.messages.map((message) => {
                  const name = conversation.names[message.from_user_id] ??
                    String(message.from_user_id);
                  return (
                    <li key={message.id}>
                      <Avatar id={message.from_user_id} name={name} avatar="" />
                      <span class="small">
                        <strong>{name}</strong>{" "}
                        <span class="muted">{formatTime(message.created, lang)}</span>
                      </span>
                      <p>
                        {message.text ??
                          t(message.kind === "voice" ? "messages.voice" : "messages.unreadable")}
                      </p>
                    </li>
                  );
                })}
              </ol>
              {conversation.before !== null && (
                <a class="btn" href={withQuery(url, { before: conversation.before })}>
                  {t("audit.older")}
                </a>
              )}
            </>
          )}
      </Card>
      <div class="stack">
        <Card title={t("messages.between")}>
          <form class="form">
            <FormError form={form} />
            <TextField
              form={form}
              name="user"
              label={t("messages.user")}
              hint={t("messages.user_hint")}
            />
            <TextField form={form} name="peer" label={t("messages.peer")} />
            <div class="form-foot">
              <button type="submit" class="btn btn-primary">{t("messages.read")}</button>
            </div>
          </form>
        </Card>
        <Card title={t("messages.in_group")}>
          <form class="form">
            <TextField
              form={form}
              name="group"
              label={t("messages.group")}
              hint={t("messages.group_hint")}
            />
            <div class="form-foot">
              <button type="submit" class="btn btn-primary">{t("messages.read")}</button>
            </div>
          </form>
        </Card>
      </div>
    </div>
  );
}
