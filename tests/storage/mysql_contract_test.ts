/** The contract suite on MySQL and Redis with all additions of this suite, and a real msfs. */
import {
  durableStorageContract,
  type DurableTestStorage,
  storageContract,
} from "../../shared/storage/contract/mod.ts";
import { mysqlStorageOn } from "../../shared/storage/mysql/storage.ts";
import {
  EngineSuite,
  NEEDED_ENGINES,
} from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { type Msfs, startMsfs } from "../support/msfs_fixture.ts";

const suite = new EngineSuite("migrated");
let msfs: Msfs;

Deno.test.beforeAll(async () => void (msfs = await startMsfs()));
Deno.test.afterAll(() => msfs.stop());

const open = (): Promise<DurableTestStorage> =>
  suite.opener((parts, config) => mysqlStorageOn(parts, { ...config, msfsSite: msfs.url }))();

storageContract("mysql", open, NEEDED_ENGINES);
durableStorageContract("mysql", open, NEEDED_ENGINES);
