/** The contract suite on the embedded engine: in memory, on a file, and remembering next to nothing. */
import { ManualClock } from "../../clock.ts";
import { durableStorageContract, storageContract } from "../contract/mod.ts";
import type { DurableTestStorage } from "../contract/mod.ts";
import { openConnection } from "./connection.ts";
import { openSqliteStorage } from "./mod.ts";
import { sqliteStorageOn } from "./storage.ts";
import { TempFile } from "./test_support/temp_file.ts";

storageContract("sqlite in memory", () => {
  const storage = openSqliteStorage({ path: ":memory:", clock: new ManualClock() });
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => storage.close() });
});

storageContract("sqlite without memory", () => {
  const limits = { users: 1, pairs: 1, members: 1 };
  const storage = sqliteStorageOn(openConnection(":memory:"), { clock: new ManualClock(), limits });
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => storage.close() });
});

async function openFile(): Promise<DurableTestStorage> {
  const file = await TempFile.make();
  const storage = file.open();
  let last = storage;
  return {
    storage,
    reopen: async () => {
      await last.close();
      last = file.open();
      return last;
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

storageContract("sqlite file", openFile);
durableStorageContract("sqlite file", openFile);
