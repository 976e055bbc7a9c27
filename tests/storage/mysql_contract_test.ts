/**
 * The contract suite on MySQL and Redis, with sounds on a real msfs: on the original's tables as they
 * are, and with what this suite adds to them.
 */
import { mysqlStorageOn } from "../../shared/storage/mysql/storage.ts";
import {
  EngineSuite,
  NEEDED_ENGINES,
} from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { durableStorageContract, storageContract } from "../../shared/storage/contract/mod.ts";

const suite = new EngineSuite("migrated");
storageContract("mysql", suite.opener(mysqlStorageOn), NEEDED_ENGINES);
durableStorageContract("mysql", suite.opener(mysqlStorageOn), NEEDED_ENGINES);
