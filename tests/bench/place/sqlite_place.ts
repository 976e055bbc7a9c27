/** The embedded engine's file. */
import { DATABASE_FILE } from "../../../servers/db_proxy/config.ts";
import type { Place } from "./place.ts";

export function openSqlitePlace(folder: string): Promise<Place> {
  return Promise.resolve({
    storage: { kind: "sqlite", path: `${folder}/${DATABASE_FILE}` },
    folder,
    processes: [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
