import { useEffect, useRef, useState } from "preact/hooks";

/** `/` goes to the search field beside it, unless somebody is typing. */
export default function SearchKey({ label }: { readonly label: string }) {
  const [isReady, setReady] = useState(false);
  const key = useRef<HTMLElement>(null);
  useEffect(() => {
    setReady(true);
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest("input, textarea, select, [contenteditable]") !== null) return;
      const field = document.querySelector<HTMLInputElement>(
        '[role="search"] input[type="search"]',
      );
      if (field === null) return;
      event.preventDefault();
      field.focus();
      field.select();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return <kbd ref={key} title={label} aria-hidden="true" hidden={!isReady}>/</kbd>;
}
