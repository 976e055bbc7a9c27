/** How a test of the suite gets its storage. */
import { type Engine, isSkipped } from "../../test_support/engines.ts";
import type { Storage } from "../types.ts";

export interface TestStorage extends AsyncDisposable {
  readonly storage: Storage;
}

export interface DurableTestStorage extends TestStorage {
  /** Closes the storage that was opened last and opens it again with its data. */
  reopen(): Promise<Storage>;
}

/** Gives each test an empty storage of its own. */
export type OpenStorage<Opened extends TestStorage = TestStorage> = () => Promise<Opened>;

export interface Contract<Opened extends TestStorage = TestStorage> {
  /** The engine, as the test's name shows it. */
  readonly name: string;
  readonly open: OpenStorage<Opened>;
  /** Servers without which the tests are skipped. */
  readonly needs?: readonly Engine[];
}

export function contractTest<Opened extends TestStorage>(
  contract: Contract<Opened>,
  { title, run }: { title: string; run: (storage: Storage, opened: Opened) => Promise<void> },
): void {
  Deno.test(`${contract.name}: ${title}`, async (t) => {
    if (await isSkipped(t, contract.needs ?? [])) return;
    await using opened = await contract.open();
    await run(opened.storage, opened);
  });
}
