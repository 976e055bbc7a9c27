/** What a page of history costs MySQL. */
import assert from "node:assert/strict";
import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../proto/ids.ts";
import { ManualClock } from "../../clock.ts";
import { silentLogger } from "../../log/mod.ts";
import { addGroup, addUsers, say, sayInGroup } from "../contract/fixtures.ts";
import type { Conversation } from "../types.ts";
import { openParts } from "./open_parts.ts";
import type { EngineParts } from "./parts.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { testConfig } from "./test_support/open_test_storage.ts";

const suite = new EngineSuite();
const MESSAGES = 300;
const PAGE = 10;

/** Rows and index entries that the only connection has read. */
async function readSoFar({ master }: EngineParts): Promise<number> {
  const rows = await master.rows<{ Variable_name: string; Value: string }>(
    "SHOW SESSION STATUS LIKE 'Handler_read%'",
  );
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
}

for (
  const [kind, type] of [["pair", SESSION_TYPE_SINGLE], ["group", SESSION_TYPE_GROUP]] as const
) {
  suite.test(`a page of a long conversation of a ${kind} reads little more than its messages`, async (engines) => {
    const { master, ...config } = testConfig(engines);
    const oneConnection = { ...config, master: { ...master, maxConnections: 1 } };
    const parts = await openParts(oneConnection, { clock: new ManualClock(), log: silentLogger });
    const storage = mysqlStorageOn(parts, oneConnection);
    try {
      await addUsers(storage, 2);
      const groupId = await addGroup(storage, [1, 2]);
      await Promise.all(
        Array.from(
          { length: MESSAGES },
          () =>
            type === SESSION_TYPE_GROUP
              ? sayInGroup(storage, { from: 1, group: groupId })
              : say(storage, { from: 1, to: 2 }),
        ),
      );
      const conversation: Conversation = {
        type,
        userId: 1,
        sessionId: type === SESSION_TYPE_GROUP ? groupId : 2,
      };
      const query = { conversation, beginId: MESSAGES - 50, limit: PAGE };
      await storage.messages.list(query);
      const before = await readSoFar(parts);
      const page = await storage.messages.list(query);
      const latest = await storage.messages.latestId(conversation);
      const read = await readSoFar(parts) - before;
      assert.deepEqual(
        [page.map(({ msgId }) => msgId), latest],
        [Array.from({ length: PAGE }, (_, i) => MESSAGES - 50 - i), MESSAGES],
      );
      assert.ok(read < 10 * PAGE, `${read} rows for ${PAGE} messages`);
    } finally {
      await storage.close();
    }
  });
}
