import { beginningWith } from "../../like_pattern.ts";
import type { AuditEntry, AuditLog, AuditQuery, AuditStart } from "../../management.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

export class SqliteAuditLog implements AuditLog {
  readonly #db: Database;
  readonly #begin: Statement<object>;
  readonly #finish: Statement<object>;
  readonly #list: Statement<AuditEntry>;

  constructor(db: Database) {
    this.#db = db;
    this.#begin = db.prepare(`
      INSERT INTO TTAudit
        (at, actorKind, actorId, actorName, remote, action, target, detail, outcome)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'begun')`);
    this.#finish = db.prepare(`
      UPDATE TTAudit SET outcome = ?2, target = coalesce(?3, target) WHERE id = ?1`);
    this.#list = db.prepare(`
      SELECT id, at, actorKind, actorId, actorName, remote, action, target, detail, outcome
      FROM TTAudit
      WHERE (?1 = 0 OR id < ?1)
        AND (?2 IS NULL OR actorName = ?2)
        AND (?3 IS NULL OR action LIKE ?3 ESCAPE '\\')
        AND (?4 IS NULL OR target = ?4)
        AND at >= ?5 AND (?6 = 0 OR at <= ?6)
      ORDER BY id DESC LIMIT ?7`);
  }

  begin(start: AuditStart): Promise<number> {
    const { at, actorKind, actorId, actorName, remote, action, target, detail } = start;
    return this.#db.write(() =>
      this.#begin.insert(at, actorKind, actorId, actorName, remote, action, target, detail)
    );
  }

  finish(id: number, outcome: string, target: string | null): Promise<void> {
    return this.#db.write(() => void this.#finish.run(id, outcome, target));
  }

  list(query: AuditQuery): Promise<readonly AuditEntry[]> {
    const { beforeId, limit, actorName, action, target, since, until } = query;
    const pattern = action === null ? null : actionPattern(action);
    return this.#db.read(() =>
      this.#list.all(beforeId, actorName, pattern, target, since, until, limit)
    );
  }
}

function actionPattern(action: string): string {
  const pattern = beginningWith(action);
  return action.endsWith(".") ? pattern : pattern.slice(0, -1);
}
