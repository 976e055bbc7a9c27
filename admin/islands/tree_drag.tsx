import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Lets departments of the tree on the page be dragged onto another one, or to the top. What is
 * dropped is sent with the form `move` of the page; without a mouse each has a page with a choice.
 */
export default function TreeDrag({ texts }: {
  readonly texts: { readonly top: string; readonly hint: string };
}) {
  const [isReady, setReady] = useState(false);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tree = document.getElementById("tree");
    const form = document.getElementById("move");
    if (tree === null || !(form instanceof HTMLFormElement)) return;
    const stop = new AbortController();
    setReady(true);
    makeDraggable(tree, { form, signal: stop.signal });
    return () => stop.abort();
  }, []);
  return (
    <div ref={top} class="stack-small" hidden={!isReady}>
      <div class="tree-top" data-id="0">{texts.top}</div>
      <p class="hint">{texts.hint}</p>
    </div>
  );
}

function makeDraggable(
  tree: HTMLElement,
  { form, signal }: { readonly form: HTMLFormElement; readonly signal: AbortSignal },
): void {
  const scope = tree.parentElement ?? tree;
  let dragged: HTMLElement | null = null;
  for (const row of tree.querySelectorAll<HTMLElement>(".tree-row")) row.draggable = true;
  const placeOf = (event: Event): HTMLElement | null =>
    (event.target as HTMLElement).closest<HTMLElement>(".tree-row, .tree-top");
  /** A department cannot be dropped on itself, below itself, or where it is. */
  const canDrop = (place: HTMLElement | null): place is HTMLElement =>
    place !== null && dragged !== null && place !== dragged &&
    !(dragged.parentElement?.contains(place) ?? false) &&
    place.dataset.id !== dragged.dataset.parent;
  const clear = (): void => {
    for (const one of scope.querySelectorAll("[data-over]")) one.removeAttribute("data-over");
  };
  scope.addEventListener("dragstart", (event) => {
    dragged = placeOf(event);
    event.dataTransfer?.setData("text/plain", dragged?.dataset.id ?? "");
  }, { signal });
  scope.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    clear();
    if (!canDrop(place)) return;
    event.preventDefault();
    place.setAttribute("data-over", "");
  }, { signal });
  scope.addEventListener("dragend", () => {
    dragged = null;
    clear();
  }, { signal });
  scope.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!canDrop(place)) return;
    event.preventDefault();
    fill(form, { id: dragged?.dataset.id ?? "", parent_id: place.dataset.id ?? "" });
    form.submit();
  }, { signal });
}

function fill(form: HTMLFormElement, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
}
