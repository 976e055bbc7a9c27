/** The tests of one file on engines of their own: started once, emptied for each test. */
import {
  type Engine,
  isSkipped,
  mariadb,
  missingEngine,
  redisServer,
} from "../../../test_support/engines.ts";
import type { Storage } from "../../types.ts";
import { mysqlStorageOn } from "../storage.ts";
import {
  type BuildStorage,
  type OpenedStorage,
  openTestStorage,
  type TestStorageOptions,
} from "./open_test_storage.ts";
import { TestEngines, type TestTables } from "./test_engines.ts";

export const NEEDED_ENGINES: readonly Engine[] = [mariadb, redisServer];

export class EngineSuite {
  #engines: TestEngines | null = null;

  /** At the top of a test file: registers what has to be done before and after its tests. */
  constructor(tables: TestTables = "original") {
    Deno.test.beforeAll(async () => {
      if (await missingEngine(NEEDED_ENGINES) !== null) return;
      this.#engines = await TestEngines.start(tables);
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
      await using opened = await openTestStorage({ engines, build: mysqlStorageOn });
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
  opener<S extends { close(): Promise<void> }>(
    build: BuildStorage<S>,
    options: Omit<TestStorageOptions<S>, "engines" | "build"> = {},
  ): () => Promise<OpenedStorage<S>> {
    return async () => await openTestStorage({ engines: await this.#emptied(), build, ...options });
  }

  async #emptied(): Promise<TestEngines> {
    const engines = this.#engines!;
    await engines.empty();
    return engines;
  }
}

/** A test with engines of its own, which it may stop. */
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
