/** The contract suite on MySQL and Redis with all additions of this suite, and a real msfs. */
import {
  durableStorageContract,
  type DurableTestStorage,
  storageContract,
} from "../../shared/storage/contract/mod.ts";
import { passwordContract } from "../../shared/storage/contract/passwords.ts";
import { mysqlStorageOn } from "../../shared/storage/mysql/storage.ts";
import {
  EngineSuite,
  NEEDED_ENGINES,
} from "../../shared/storage/mysql/test_support/engine_suite.ts";
import type { PasswordForm } from "../../shared/storage/password_form.ts";
import { type Msfs, startMsfs } from "../support/msfs_fixture.ts";

const suite = new EngineSuite("migrated");
let msfs: Msfs;

Deno.test.beforeAll(async () => void (msfs = await startMsfs()));
Deno.test.afterAll(() => msfs.stop());

const open = (passwordForm: PasswordForm) => (): Promise<DurableTestStorage> =>
  suite.opener((parts, config) =>
    mysqlStorageOn(parts, { ...config, msfsSite: msfs.url, passwordForm })
  )();

storageContract("mysql", open("both"), NEEDED_ENGINES);
passwordContract({
  name: "mysql without MD5",
  open: open("hash"),
  needs: NEEDED_ENGINES,
});
durableStorageContract("mysql", open("both"), NEEDED_ENGINES);
