/**
 * Rows per second that the embedded engine stores, disk included:
 *
 *     deno run -A tests/bench/sqlite_append.ts [--pairs N] [--bytes N] [--seconds N] [--dir DIR]
 *
 * In each round a batch of single messages, each of another pair of users, is submitted at once and
 * awaited, as the combiner sees it under load. `blocked` is how long the event loop stood still.
 */
import { parseArgs } from "node:util";
import { MSG_TYPE_SINGLE_TEXT } from "../../proto/ids.ts";
import { systemClock } from "../../shared/clock.ts";
import { openSqliteStorage } from "../../shared/storage/sqlite/mod.ts";
import type { NewUser, Storage } from "../../shared/storage/types.ts";

const BATCHES = [1, 16, 64, 200];
const NOW_SEC = 1_800_000_000;

interface Round {
  readonly batch: number;
  readonly pairs: number;
  readonly content: Uint8Array;
  readonly seconds: number;
}

function user(id: number): NewUser {
  return {
    id,
    sex: 1,
    name: `user${id}`,
    domain: "",
    nick: "",
    password: "",
    salt: "",
    phone: "",
    email: "",
    avatar: "",
    departId: 1,
    status: 0,
    sign_info: "",
    created: NOW_SEC,
    updated: NOW_SEC,
  };
}

/** A prime, so that the pairs of a batch are distinct and far apart in the tables. */
const STRIDE = 7919;

/** Pair number n is (2n + 1, 2n + 2). */
async function runRound(storage: Storage, { batch, pairs, content, seconds }: Round) {
  const blockedMs: number[] = [];
  const startMs = performance.now();
  let rows = 0;
  for (; performance.now() - startMs < seconds * 1000; rows += batch) {
    const appends = Array.from({ length: batch }, (_, i) => {
      const fromId = 2 * ((rows + i) * STRIDE % pairs) + 1;
      const toId = fromId + 1;
      const message = { fromId, toId, type: MSG_TYPE_SINGLE_TEXT, content, created: NOW_SEC };
      return storage.messages.append(message);
    });
    const submittedMs = performance.now();
    await Promise.all(appends);
    blockedMs.push(performance.now() - submittedMs);
  }
  const rate = rows / (performance.now() - startMs) * 1000;
  blockedMs.sort((a, b) => a - b);
  return { rate, rows, blockedMs };
}

function quantile(sorted: readonly number[], share: number): string {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      pairs: { type: "string", default: "2000" },
      bytes: { type: "string", default: "120" },
      seconds: { type: "string", default: "3" },
      dir: { type: "string" },
    },
  });
  const dir = await Deno.makeTempDir({
    prefix: "sqlite_append_",
    ...values.dir && { dir: values.dir },
  });
  const storage = openSqliteStorage({ path: `${dir}/bench.db`, clock: systemClock });
  try {
    const pairs = Number(values.pairs);
    await storage.users.add(Array.from({ length: 2 * pairs }, (_, i) => user(i + 1)));
    const content = new Uint8Array(Number(values.bytes)).fill(65);
    for (const batch of BATCHES) {
      const round = { batch, pairs, content, seconds: Number(values.seconds) };
      const { rate, rows, blockedMs } = await runRound(storage, round);
      // deno-lint-ignore no-console -- a benchmark prints its figures
      console.log(
        `batch ${String(batch).padStart(3)}: ${
          rate.toFixed(0).padStart(6)
        } rows/s, ${rows} rows, ` +
          `ms per batch p50 ${quantile(blockedMs, 0.5)} p99 ${quantile(blockedMs, 0.99)} ` +
          `max ${quantile(blockedMs, 1)}`,
      );
    }
  } finally {
    await storage.close();
    await Deno.remove(dir, { recursive: true });
  }
}

if (import.meta.main) await main();
