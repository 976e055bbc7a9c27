import type { StorageFigures } from "../../management.ts";
import { USER_STATUS_LEFT } from "../../types.ts";
import type { MysqlPool } from "../pool.ts";

/** Messages and bytes are the server's estimates: counting rows of InnoDB means reading them. */
export async function readFigures(pool: MysqlPool): Promise<StorageFigures> {
  const [counts, sizes] = await Promise.all([
    pool.row<{ users: number; departments: number; groups_: number }>(
      `SELECT
         (SELECT count(*) FROM IMUser WHERE coalesce(status, 0) <> ?) AS users,
         (SELECT count(*) FROM IMDepart WHERE status = 0) AS departments,
         (SELECT count(*) FROM IMGroup WHERE status = 0) AS groups_`,
      [USER_STATUS_LEFT],
    ),
    pool.rows<{ name: string; rows_: number; bytes: number }>(
      `SELECT table_name AS name, coalesce(table_rows, 0) AS rows_,
         coalesce(data_length, 0) + coalesce(index_length, 0) AS bytes
       FROM information_schema.tables WHERE table_schema = DATABASE()`,
    ),
  ]);
  const { users, departments, groups_ } = counts!;
  const isMessages = ({ name }: { name: string }): boolean => /^IM(Group)?Message_\d$/i.test(name);
  return {
    engine: "mysql",
    users,
    departments,
    groups: groups_,
    messages: sizes.filter(isMessages).reduce((sum, table) => sum + Number(table.rows_), 0),
    bytes: sizes.reduce((sum, table) => sum + Number(table.bytes), 0),
  };
}
