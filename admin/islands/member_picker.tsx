import { useEffect, useRef, useState } from "preact/hooks";

interface Person {
  readonly id: number;
  readonly name: string;
  readonly nick: string;
}

interface Texts {
  readonly search: string;
  readonly add: string;
  readonly added: string;
  readonly none: string;
  readonly failed: string;
}

/**
 * A search above a text field of users: what is picked becomes a line of it. Without scripts the
 * lines are typed.
 */
export default function MemberPicker({ field, texts }: {
  /** Id of the text field. */
  readonly field: string;
  readonly texts: Texts;
}) {
  const [isReady, setReady] = useState(false);
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => {
    setReady(true);
    return () => asking.current?.abort();
  }, []);

  const search = async (text: string): Promise<void> => {
    asking.current?.abort();
    setProblem(null);
    if (text.trim() === "") return setPeople(null);
    const ask = asking.current = new AbortController();
    try {
      const response = await fetch(`/api/people?search=${encodeURIComponent(text.trim())}`, {
        headers: { accept: "application/json" },
        signal: ask.signal,
      });
      if (!response.ok) throw new Error(String(response.status));
      setChosen(linesOf(field));
      setPeople(await response.json());
    } catch {
      if (!ask.signal.aborted) setProblem(texts.failed);
    }
  };
  const add = (person: Person): void => {
    const area = document.getElementById(field);
    if (!(area instanceof HTMLTextAreaElement)) return;
    area.value = [...linesOf(field), lineOf(person)].join("\n");
    setChosen(linesOf(field));
  };

  return (
    <div class="field" hidden={!isReady}>
      <label for={`${field}-search`}>{texts.search}</label>
      <input
        id={`${field}-search`}
        type="search"
        autocomplete="off"
        maxLength={64}
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      {problem !== null && <p class="field-error" role="alert">{problem}</p>}
      <div class="picker-results" role="status">
        {people?.length === 0 && <p class="muted">{texts.none}</p>}
        {people?.map((person) => {
          const isChosen = chosen.includes(lineOf(person));
          return (
            <div key={person.id} class="picker-row">
              <span class="person-text picker-name">
                <strong>{person.nick || person.name}</strong>
                <span class="small muted">{person.name}</span>
              </span>
              <button
                type="button"
                class="btn btn-small"
                disabled={isChosen}
                aria-label={`${texts.add} ${person.name}`}
                onClick={() => add(person)}
              >
                {isChosen ? texts.added : texts.add}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function lineOf({ id, name }: Person): string {
  return `${name} #${id}`;
}

function linesOf(field: string): string[] {
  const area = document.getElementById(field);
  if (!(area instanceof HTMLTextAreaElement)) return [];
  return area.value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
