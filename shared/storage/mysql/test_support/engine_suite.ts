/** The tests of one file on engines of their own: started once, emptied for each test. */
import {
  type Engine,
  isSkipped,
  mariadb,
  missingEngine,
  redisServer,
} from "../../../test_support/engines.ts";
import type { DurableTestStorage, OpenStorage } from "../../contract/mod.ts";
import { type BuildStorage, openTestStorage } from "./open_test_storage.ts";
import type { Storage } from "../../types.ts";
import { TestEngines } from "./test_engines.ts";

export const NEEDED_ENGINES: readonly Engine[] = [mariadb, redisServer];

export class EngineSuite {
  #engines: TestEngines | null = null;

  /** At the top of a test file: registers what has to be done before and after its tests. */
  constructor() {
    Deno.test.beforeAll(async () => {
      if (await missingEngine(NEEDED_ENGINES) === null) this.#engines = await TestEngines.start();
    });
    Deno.test.afterAll(() => this.#engines?.[Symbol.asyncDispose]());
  }

  /** Registers a test that finds empty tables and an empty Redis. */
  test(name: string, run: (engines: TestEngines) => Promise<void>): void {
    Deno.test(name, async (t) => {
      if (!await isSkipped(t, NEEDED_ENGINES)) await run(await this.#emptied());
    });
  }

  /** As {@link test}, with an open storage. */
  storageTest(
    name: string,
    run: (storage: Storage, engines: TestEngines) => Promise<void>,
  ): void {
    this.test(name, async (engines) => {
      await using opened = await openTestStorage(engines);
      await run(opened.storage, engines);
    });
  }

  /**
   * For the contract suite, whose tests each get an empty storage.
   *
   * ```ts
   * const suite = new EngineSuite();
   * storageContract("mysql", suite.opener(mysqlStorageOn), NEEDED_ENGINES);
   * ```
   */
  opener(build: BuildStorage): OpenStorage<DurableTestStorage> {
    return async () => await openTestStorage(await this.#emptied(), { build });
  }

  async #emptied(): Promise<TestEngines> {
    const engines = this.#engines!;
    await engines.empty();
    return engines;
  }
}

/** A test that does to its engines what others should not see: they are its own. */
export function ownEnginesTest(
  name: string,
  run: (engines: TestEngines) => Promise<void>,
): void {
  Deno.test(name, async (t) => {
    if (await isSkipped(t, NEEDED_ENGINES)) return;
    await using engines = await TestEngines.start();
    await run(engines);
  });
}
