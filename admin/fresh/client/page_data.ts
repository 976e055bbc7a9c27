/** What the server has told the browser about the page (`render/document.ts` writes it). */
import { DATA_ID } from "../build/client_build.ts";

export interface PageData {
  readonly build: string;
  /** Module and name of the export, by the number in the page. */
  readonly islands: readonly (readonly [module: string, exportName: string])[];
  /** Of all islands, by the same number (`render/island_props.ts`). */
  readonly props: string;
}

/** `null` for a page without islands. */
export function pageData(): PageData | null {
  const block = document.querySelector(`script[id="${DATA_ID}"][type="application/json"]`);
  return block === null ? null : JSON.parse(block.textContent);
}
