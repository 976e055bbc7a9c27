import { useEffect, useRef, useState } from "preact/hooks";
import { csvRecords } from "../lib/csv.ts";

/** Rows of one request: small enough that the bar moves, large enough to be fast. */
const ROWS_AT_ONCE = 200;

interface Progress {
  readonly done: number;
  readonly total: number;
  readonly problem: string | null;
}

/** An import under way, of which a part may be done. */
interface Job {
  readonly head: string;
  readonly rows: readonly string[];
  readonly onExisting: string;
  /** Rows that were sent, and what became of them. */
  sent: number;
  added: number;
  updated: number;
}

/** What was done by one request. */
interface Done {
  readonly added: number;
  readonly updated: number;
}

/**
 * Sends the file of the form around it in parts and shows how far it is. What stops it, such as a
 * server that is away, loses nothing: it goes on from there. Without scripts the form is sent as a
 * whole.
 */
export default function ImportProgress({ texts }: {
  readonly texts: { readonly running: string; readonly failed: string; readonly go_on: string };
}) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const job = useRef<Job | null>(null);
  const go = async (): Promise<void> => {
    const { current } = job;
    if (current === null) return;
    try {
      await run(current, setProgress);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      setProgress({ done: current.sent, total: current.rows.length, problem });
    }
  };
  useEffect(() => {
    const form = document.getElementById("import");
    if (!(form instanceof HTMLFormElement)) return;
    const onSubmit = (event: SubmitEvent): void => {
      const intent = event.submitter?.getAttribute("value");
      const file = form.elements.namedItem("file");
      const isOther = file instanceof HTMLInputElement && (file.files?.length ?? 0) > 0;
      if (intent !== "import" || isOther) return;
      event.preventDefault();
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      job.current = jobOf(form);
      go();
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
      {problem !== null && (
        <div class="notice notice-failed" role="alert">
          <span class="notice-text">{texts.failed} {problem}</span>
          <button type="button" class="btn btn-small" onClick={go}>{texts.go_on}</button>
        </div>
      )}
    </div>
  );
}

function jobOf(form: HTMLFormElement): Job {
  const fields = new FormData(form);
  const [head = "", ...rows] = csvRecords(String(fields.get("text") ?? ""));
  const onExisting = String(fields.get("on_existing") ?? "");
  return { head, rows, onExisting, sent: 0, added: 0, updated: 0 };
}

async function run(job: Job, show: (progress: Progress) => void): Promise<void> {
  const { head, rows, onExisting } = job;
  const total = rows.length;
  while (job.sent < total) {
    show({ done: job.sent, total, problem: null });
    const part = rows.slice(job.sent, job.sent + ROWS_AT_ONCE);
    const { added, updated } = await send([head, ...part].join("\r\n"), onExisting);
    job.sent += part.length;
    job.added += added;
    job.updated += updated;
  }
  show({ done: total, total, problem: null });
  location.assign(`/users/imported?added=${job.added}&updated=${job.updated}`);
}

async function send(text: string, onExisting: string): Promise<Done> {
  const response = await fetch(`/api/import?on_existing=${encodeURIComponent(onExisting)}`, {
    method: "POST",
    headers: { "content-type": "text/csv", "accept": "application/json" },
    body: text,
  });
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const answer = isJson ? await response.json() as Done & { readonly message?: string } : null;
  if (!response.ok || answer === null) throw new Error(answer?.message ?? String(response.status));
  return answer;
}
