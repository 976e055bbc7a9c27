/** Whether the suite can use its data directory. The database is only read: it may be in use. */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../../../shared/storage/sqlite/schema.ts";
import { USER_STATUS_LEFT } from "../../../shared/storage/types.ts";
import { CHECK_LIMIT_MS } from "./context.ts";
import { reasonOf } from "./reason.ts";
import type { Report } from "./report.ts";

/** `path` is the database file, in the data directory. */
export async function checkDataFile(path: string, report: Report): Promise<void> {
  const dir = dirname(path);
  if (!await exists(dir)) {
    report.warn(
      `data directory ${dir}: not there yet`,
      "the first start makes it; if the suite runs, give its --data or --conf here too",
    );
    return;
  }
  await checkWritable(dir, report);
  if (await exists(path)) checkDatabase(path, report);
  else report.warn(`database ${path}: not there yet`, "deno task start or deno task seed makes it");
}

async function checkWritable(dir: string, report: Report): Promise<void> {
  try {
    const probe = await Deno.makeTempFile({ dir, prefix: ".doctor_" });
    await Deno.remove(probe);
    report.ok(`data directory ${dir} is writable`);
  } catch (error) {
    report.fail(
      `data directory ${dir}: ${reasonOf(error)}`,
      "it must belong to the user who runs the suite; DataDir in conf/dbproxyserver.conf names it",
    );
  }
}

interface DatabaseFacts {
  readonly schema: number;
  readonly users: number;
}

function checkDatabase(path: string, report: Report): void {
  let facts: DatabaseFacts;
  try {
    facts = readDatabase(path);
  } catch (error) {
    report.fail(
      `database ${path}: ${reasonOf(error)}`,
      "is it readable for you, and a database? If it is damaged, stop the suite and put a copy back",
    );
    return;
  }
  const { schema, users } = facts;
  if (schema > MIGRATIONS.length) {
    report.fail(
      `database ${path}: made by a newer version (schema ${schema})`,
      `this version knows schema ${MIGRATIONS.length}: use the newer one`,
    );
  } else if (users === 0) {
    report.warn(
      `database ${path} opens, but has no users`,
      "deno task seed --users 10 --password P makes some to try",
    );
  } else {
    report.ok(`database ${path} opens, users: ${users}`);
  }
}

function readDatabase(path: string): DatabaseFacts {
  const db = new DatabaseSync(path, { readOnly: true, timeout: CHECK_LIMIT_MS });
  try {
    const schema = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (schema < 1 || schema > MIGRATIONS.length) return { schema, users: 0 };
    const users = db.prepare("SELECT count(*) AS count FROM IMUser WHERE status <> ?")
      .get(USER_STATUS_LEFT);
    return { schema, users: Number(users?.["count"]) };
  } finally {
    db.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    return true; // There, but not to be looked at: the next step says why.
  }
}
