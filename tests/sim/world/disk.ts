/**
 * The disk of the cluster: one SQLite file that outlives the processes, and trouble with it. A crash
 * may come before any statement, so also in the middle of a transaction, and right after a commit;
 * while the disk is full no write succeeds.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Driver } from "../../../shared/storage/sqlite/mod.ts";
import type { SimProcess } from "./process.ts";

/** What a process sees that dies in the middle of a statement. Nobody hears of it. */
class Crash extends Error {}

type CrashPlan =
  | { readonly when: "before"; statements: number }
  | { readonly when: "after commit" };

export class SimDisk {
  readonly path: string;
  /** While it is, writing fails as SQLite's does: at once, or when a transaction ends. */
  isFull: "no" | "at once" | "at commit" = "no";
  readonly #crashes = new Map<SimProcess, CrashPlan>();

  constructor(path: string) {
    this.path = path;
  }

  /** The process dies before the n-th statement from now on. */
  crashBefore(process: SimProcess, statements: number): void {
    this.#crashes.set(process, { when: "before", statements });
  }

  /** The process dies after its next commit, before it can say so. */
  crashAfterCommit(process: SimProcess): void {
    this.#crashes.set(process, { when: "after commit" });
  }

  /** Nothing goes wrong from now on. */
  calm(): void {
    this.isFull = "no";
    this.#crashes.clear();
  }

  /** SQLite for one process: its connections end with it, what is not committed is undone. */
  driverOf(process: SimProcess): Driver {
    const before = (sql: string): void => this.#before(process, sql);
    const after = (sql: string): void => this.#after(process, sql);
    return class extends DatabaseSync {
      constructor(...args: ConstructorParameters<typeof DatabaseSync>) {
        super(...args);
        process.atDeath(() => {
          if (this.isOpen) this.close();
        });
      }

      override prepare(...args: Parameters<DatabaseSync["prepare"]>): StatementSync {
        return watched(super.prepare(...args), args[0], { before, after });
      }
    };
  }

  #before(process: SimProcess, sql: string): void {
    if (!process.isAlive) throw new Crash();
    const plan = this.#crashes.get(process);
    if (plan?.when === "before" && --plan.statements <= 0) {
      process.kill();
      throw new Crash();
    }
    const fails = this.isFull === "at once" ? WRITES.test(sql) : sql === "COMMIT";
    if (this.isFull !== "no" && fails) throw new Error("database or disk is full");
  }

  #after(process: SimProcess, sql: string): void {
    if (sql !== "COMMIT" || this.#crashes.get(process)?.when !== "after commit") return;
    process.kill();
    throw new Crash();
  }
}

const WRITES = /^\s*(INSERT|UPDATE|DELETE|COMMIT)/;

interface Watch {
  readonly before: (sql: string) => void;
  readonly after: (sql: string) => void;
}

function watched(statement: StatementSync, sql: string, { before, after }: Watch): StatementSync {
  for (const name of ["run", "get", "all"] as const) {
    const step = statement[name].bind(statement) as (...values: never[]) => unknown;
    Object.defineProperty(statement, name, {
      value: (...values: never[]) => {
        before(sql);
        const result = step(...values);
        after(sql);
        return result;
      },
    });
  }
  return statement;
}
