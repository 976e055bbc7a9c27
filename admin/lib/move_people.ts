/** Many users at once into another department: one import that changes nothing else. */
import type { Api } from "./api.ts";
import { csvValue } from "./csv.ts";

/** How many were moved. @throws {ApiError} and nobody was */
export async function movePeople(
  api: Api,
  { names, department }: { readonly names: readonly string[]; readonly department: number },
): Promise<number> {
  const lines = names.map((name) => `${csvValue(name)},${department}\r\n`);
  const { updated } = await api.call("POST /users/import", {
    query: { on_existing: "update", dry_run: "false" },
    body: `name,department_id\r\n${lines.join("")}`,
  });
  return updated;
}
