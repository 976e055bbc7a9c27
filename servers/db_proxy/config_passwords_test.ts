import assert from "node:assert/strict";
import { ConfigError, memorySource } from "../../shared/config/mod.ts";
import { loadDbProxyConfig } from "./config.ts";

const FILE = `
DBInstances=teamtalk_master,teamtalk_slave
teamtalk_master_host=127.0.0.1
teamtalk_master_dbname=teamtalk
teamtalk_master_username=teamtalk
teamtalk_slave_host=127.0.0.1
teamtalk_slave_dbname=teamtalk
teamtalk_slave_username=teamtalk
CacheInstances=unread,group_set,token,group_member
unread_host=127.0.0.1
group_set_host=127.0.0.1
token_host=127.0.0.1
group_member_host=127.0.0.1
aesKey=12345678901234567890123456789012
`;

function load(lines = "") {
  const source = memorySource({ files: { "dbproxyserver.conf": FILE + lines } });
  const { storage, passwords } = loadDbProxyConfig(source);
  return { keepLegacyHash: storage.kind === "mysql" && storage.keepLegacyHash, ...passwords };
}

Deno.test("loadDbProxyConfig(), without keys of its own servers of the original still check passwords", () => {
  const expected = { keepLegacyHash: true, scryptN: 16384, maxAddressFailures: 200 };
  assert.deepEqual(load(), expected);
});

Deno.test("loadDbProxyConfig() takes what is said about passwords", () => {
  const lines = "KeepLegacyHash=no\nPasswordCost=32768\nMaxLoginFailuresPerAddress=0\n";
  const expected = { keepLegacyHash: false, scryptN: 32768, maxAddressFailures: 0 };
  assert.deepEqual(load(lines), expected);
});

for (const line of ["KeepLegacyHash=1", "PasswordCost=1000", "MaxLoginFailuresPerAddress=-1"]) {
  Deno.test(`loadDbProxyConfig() refuses ${line}, naming file and key`, () => {
    assert.throws(() => load(line), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`dbproxyserver\\.conf.*${line.split("=")[0]}`));
      return true;
    });
  });
}
