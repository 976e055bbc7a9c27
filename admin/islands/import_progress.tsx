import { useEffect, useState } from "preact/hooks";
import { csvRecords } from "../lib/csv.ts";

/** Rows of one request: small enough that the bar moves, large enough to be fast. */
const ROWS_AT_ONCE = 200;

interface Progress {
  readonly done: number;
  readonly total: number;
  readonly problem: string | null;
}

/** What was done by one request. */
interface Done {
  readonly added: number;
  readonly updated: number;
}

/**
 * Sends the file of the form around it in parts and shows how far it is. Without scripts the form is
 * sent as a whole.
 */
export default function ImportProgress({ texts }: {
  readonly texts: { readonly running: string; readonly failed: string };
}) {
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(() => {
    const form = document.getElementById("import");
    if (!(form instanceof HTMLFormElement)) return;
    const onSubmit = (event: SubmitEvent): void => {
      const intent = event.submitter?.getAttribute("value");
      const file = form.elements.namedItem("file");
      const isOther = file instanceof HTMLInputElement && (file.files?.length ?? 0) > 0;
      if (intent !== "import" || isOther) return;
      event.preventDefault();
      run(form, setProgress).catch((error: Error) =>
        setProgress((before) => ({ done: 0, total: 1, ...before, problem: error.message }))
      );
    };
    form.addEventListener("submit", onSubmit);
    return () => form.removeEventListener("submit", onSubmit);
  }, []);
  if (progress === null) return <div hidden />;
  const { done, total, problem } = progress;
  return (
    <div class="bar" role="status">
      <div class="bar-head small">
        <label for="import-progress">{texts.running}</label>
        <span class="number">{done} / {total}</span>
      </div>
      <progress id="import-progress" max={total} value={done} />
      {problem !== null && <p class="notice notice-failed" role="alert">{texts.failed} {problem}
      </p>}
    </div>
  );
}

async function run(form: HTMLFormElement, show: (progress: Progress) => void): Promise<void> {
  const fields = new FormData(form);
  const [head = "", ...rows] = csvRecords(String(fields.get("text") ?? ""));
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  const all = { added: 0, updated: 0 };
  try {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      show({ done: at, total: rows.length, problem: null });
      const part = [head, ...rows.slice(at, at + ROWS_AT_ONCE)].join("\r\n");
      const { added, updated } = await send(part, String(fields.get("on_existing") ?? ""));
      all.added += added;
      all.updated += updated;
    }
    show({ done: rows.length, total: rows.length, problem: null });
  } finally {
    for (const button of buttons) button.disabled = false;
  }
  location.assign(`/users/imported?added=${all.added}&updated=${all.updated}`);
}

async function send(text: string, onExisting: string): Promise<Done> {
  const response = await fetch(`/api/import?on_existing=${encodeURIComponent(onExisting)}`, {
    method: "POST",
    headers: { "content-type": "text/csv", "accept": "application/json" },
    body: text,
  });
  const answer = await response.json() as Done & { readonly message?: string };
  if (!response.ok) throw new Error(answer.message ?? String(response.status));
  return answer;
}
