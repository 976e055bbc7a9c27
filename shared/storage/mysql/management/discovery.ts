import type { DiscoveryFields, DiscoveryItem, DiscoveryStore } from "../../management.ts";
import type { EngineParts } from "../parts.ts";
import { assignments } from "./filters.ts";

export class MysqlDiscovery implements DiscoveryStore {
  readonly #master: EngineParts["master"];

  constructor({ master }: Pick<EngineParts, "master">) {
    this.#master = master;
  }

  list(): Promise<readonly DiscoveryItem[]> {
    return this.#master.rows<DiscoveryItem>(
      `SELECT id, itemName, itemUrl, itemPriority, created, updated FROM IMDiscovery
       WHERE status = 0 ORDER BY itemPriority, id`,
    );
  }

  async add({ itemName, itemUrl, itemPriority }: DiscoveryFields, now: number): Promise<number> {
    const { insertId } = await this.#master.run(
      `INSERT INTO IMDiscovery (itemName, itemUrl, itemPriority, status, created, updated)
       VALUES (?, ?, ?, 0, ?, ?)`,
      [itemName, itemUrl, itemPriority, now, now],
    );
    return insertId;
  }

  async update(
    id: number,
    { itemName, itemUrl, itemPriority }: Partial<DiscoveryFields>,
    now: number,
  ): Promise<boolean> {
    const { sql, values } = assignments({ itemName, itemUrl, itemPriority, updated: now })!;
    const { affectedRows } = await this.#master.run(
      `UPDATE IMDiscovery SET ${sql} WHERE id = ? AND status = 0`,
      [...values, id],
    );
    return affectedRows > 0;
  }

  async remove(id: number, now: number): Promise<boolean> {
    const { affectedRows } = await this.#master.run(
      "UPDATE IMDiscovery SET status = 1, updated = ? WHERE id = ? AND status = 0",
      [now, id],
    );
    return affectedRows > 0;
  }
}
