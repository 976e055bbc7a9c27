import type { DiscoveryFields, DiscoveryItem, DiscoveryStore } from "../../management.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

export class SqliteDiscovery implements DiscoveryStore {
  readonly #db: Database;
  readonly #list: Statement<DiscoveryItem>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;
  readonly #remove: Statement<object>;

  constructor(db: Database) {
    this.#db = db;
    this.#list = db.prepare(`
      SELECT id, itemName, itemUrl, itemPriority, created, updated FROM IMDiscovery
      WHERE status = 0 ORDER BY itemPriority, id`);
    this.#insert = db.prepare(`
      INSERT INTO IMDiscovery (itemName, itemUrl, itemPriority, created, updated)
      VALUES (?1, ?2, ?3, ?4, ?4)`);
    this.#update = db.prepare(`
      UPDATE IMDiscovery SET itemName = coalesce(?2, itemName), itemUrl = coalesce(?3, itemUrl),
        itemPriority = coalesce(?4, itemPriority), updated = ?5
      WHERE id = ?1 AND status = 0`);
    this.#remove = db.prepare(`
      UPDATE IMDiscovery SET status = 1, updated = ?2 WHERE id = ?1 AND status = 0`);
  }

  list(): Promise<readonly DiscoveryItem[]> {
    return this.#db.read(() => this.#list.all());
  }

  add({ itemName, itemUrl, itemPriority }: DiscoveryFields, now: number): Promise<number> {
    return this.#db.write(() => this.#insert.insert(itemName, itemUrl, itemPriority, now));
  }

  update(
    id: number,
    { itemName, itemUrl, itemPriority }: Partial<DiscoveryFields>,
    now: number,
  ): Promise<boolean> {
    const values = [itemName ?? null, itemUrl ?? null, itemPriority ?? null] as const;
    return this.#db.write(() => this.#update.run(id, ...values, now) > 0);
  }

  remove(id: number, now: number): Promise<boolean> {
    return this.#db.write(() => this.#remove.run(id, now) > 0);
  }
}
