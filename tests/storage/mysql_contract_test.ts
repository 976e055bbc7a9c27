/** The contract suite on MySQL and Redis, with sounds on a real msfs. */
import { mysqlStorageOn } from "../../shared/storage/mysql/storage.ts";
import {
  EngineSuite,
  NEEDED_ENGINES,
} from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { durableStorageContract, storageContract } from "../../shared/storage/contract/mod.ts";

const suite = new EngineSuite();
storageContract("mysql", suite.opener(mysqlStorageOn), NEEDED_ENGINES);
durableStorageContract("mysql", suite.opener(mysqlStorageOn), NEEDED_ENGINES);
