import { beginningWith } from "../../like_pattern.ts";
import type { AuditEntry, AuditLog, AuditQuery, AuditStart } from "../../management.ts";
import { missingTableError } from "../errors.ts";
import type { EngineParts } from "../parts.ts";
import { Filter } from "./filters.ts";

export class MysqlAuditLog implements AuditLog {
  readonly #master: EngineParts["master"];

  constructor({ master }: Pick<EngineParts, "master">) {
    this.#master = master;
  }

  begin(start: AuditStart): Promise<number> {
    const { at, actorKind, actorId, actorName, remote, action, target, detail } = start;
    return withTable(async () => {
      const { insertId } = await this.#master.run(
        `INSERT INTO TTAudit
           (at, actorKind, actorId, actorName, remote, action, target, detail, outcome)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'begun')`,
        [at, actorKind, actorId, actorName, remote, action, target, detail],
      );
      return insertId;
    });
  }

  async finish(id: number, outcome: string, target: string | null): Promise<void> {
    await withTable(() =>
      this.#master.run(
        "UPDATE TTAudit SET outcome = ?, target = coalesce(?, target) WHERE id = ?",
        [outcome, target, id],
      )
    );
  }

  list(query: AuditQuery): Promise<readonly AuditEntry[]> {
    const filter = filterOf(query);
    return withTable(() =>
      this.#master.rows<AuditEntry>(
        `SELECT id, at, actorKind, actorId, actorName, remote, action, target, detail, outcome
         FROM TTAudit WHERE ${filter.sql} ORDER BY id DESC LIMIT ?`,
        [...filter.values, query.limit],
      )
    );
  }
}

function filterOf({ beforeId, actorName, action, target, since, until }: AuditQuery): Filter {
  const filter = new Filter().add("at >= ?", since);
  if (beforeId !== 0) filter.add("id < ?", beforeId);
  if (actorName !== null) filter.add("actorName = ?", actorName);
  if (action?.endsWith(".")) filter.add("action LIKE ?", beginningWith(action));
  else if (action !== null) filter.add("action = ?", action);
  if (target !== null) filter.add("target = ?", target);
  if (until !== 0) filter.add("at <= ?", until);
  return filter;
}

async function withTable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw missingTableError("TTAudit", error);
  }
}
