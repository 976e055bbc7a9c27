import assert from "node:assert/strict";
import { SESSION_TYPE_SINGLE } from "../../../proto/mod.ts";
import { openStorageBriefly } from "../../../servers/db_proxy/storage.ts";
import { nowSec, systemClock } from "../../../shared/clock.ts";
import { isSkipped } from "../../../shared/test_support/engines.ts";
import { neededBy } from "../../support/data_place.ts";
import { ENGINES, openPlace } from "./place.ts";
import { preload } from "./preload.ts";

const TEXT = new TextEncoder().encode("next");

for (const engine of ENGINES) {
  Deno.test(`preload() fills ${engine} with what servers take for their own messages`, async (t) => {
    if (await isSkipped(t, neededBy(engine))) return;
    await using place = await openPlace({ engine, dataDir: null });
    await preload(place, { users: 6, password: "secret", messages: 30 });
    await preload(place, { users: 8, password: "secret", messages: 30 });
    const storage = await openStorageBriefly(place.storage, systemClock);
    try {
      assert.equal(await storage.users.maxId(), 8);
      const { messages, sessions } = storage;
      const seenBy = (userId: number, sessionId: number) => ({
        userId,
        type: SESSION_TYPE_SINGLE,
        sessionId,
      });
      for (const [own, peer] of [[1, 2], [6, 5]] as const) {
        const conversation = seenBy(own, peer);
        assert.equal(await messages.latestId(conversation), 10);
        const page = await messages.list({ conversation, beginId: 0, limit: 3 });
        assert.deepEqual(page.map(({ msgId }) => msgId), [10, 9, 8]);
        assert.deepEqual(
          page.map(({ fromId }) => fromId),
          [Math.max(own, peer), Math.min(own, peer), Math.max(own, peer)],
        );
        assert.equal((await sessions.recent(own, 0, 10)).length, 1);
      }
      assert.equal(await messages.latestId(seenBy(7, 8)), 0);
      const next = await messages.append({
        fromId: 1,
        toId: 2,
        type: 1,
        content: TEXT,
        created: nowSec(systemClock),
      });
      assert.deepEqual(next, { ok: true, value: 11 });
    } finally {
      await storage.close();
    }
    await assert.rejects(
      preload(place, { users: 8, password: "secret", messages: 31 }),
      /filled with 30 messages and 31 are asked for/,
    );
  });
}
