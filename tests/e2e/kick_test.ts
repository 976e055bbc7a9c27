/** One PC and one mobile terminal per user: the new one wins (docs/spec/flows.md 6). */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  KICK_REASON_DUPLICATE_USER,
  MSG_TYPE_SINGLE_TEXT,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { acksOf, endOf, hears, say, single, textsOf } from "../support/chat.ts";
import { matrix } from "../support/matrix.ts";

const KICK_GRACE_MS = 4000;

matrix(
  "a second terminal of a class kicks the first, which is served no more (Q-CLASS)",
  {},
  async (cell) => {
    const clock = new ManualClock();
    await using cluster = await cell.start({ clock });
    await using bob = await cluster.login("user2");
    await using old = await cluster.login("user1", { onKick: "stay" });
    await using ann = await cluster.login("user1", {
      msgServer: cell.far,
      clientType: CLIENT_TYPE_MAC,
    });
    assert.deepEqual({ ...await old.next("kicked") }, {
      user_id: 1,
      kick_reason: KICK_REASON_DUPLICATE_USER,
    });

    const acks = acksOf(old);
    say(old, {
      from_user_id: 1,
      to_session_id: bob.userId,
      msg_type: MSG_TYPE_SINGLE_TEXT,
      msg_data: encodeText("from the kicked one", old.aesKey),
    });
    const unanswered = assert.rejects(old.unread());
    await ann.sendText(bob.userId, "from the new one");
    await hears(bob, "from the new one");
    await bob.sendText(1, "to whom?");
    await hears(ann, "to whom?");
    await ann.serverTime();

    clock.advance(KICK_GRACE_MS);
    await endOf(old);
    await unanswered;
    assert.equal(acks.length, 0);
    assert.deepEqual(old.drain("message"), []);
    assert.deepEqual(await textsOf(bob, single(1)), ["from the new one", "to whom?"]);
    assert.equal(ann.isOnline, true);
  },
);

matrix("a PC and a phone of one user stay side by side (Q-CLASS)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using pc = await cluster.login("user1");
  await using phone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_IOS,
  });
  await using bob = await cluster.login("user2");
  await bob.sendText(1, "both of you");
  await hears(pc, "both of you");
  await hears(phone, "both of you");
  assert.deepEqual([...pc.drain("kicked"), ...phone.drain("kicked")], []);
});

matrix("three logins in a row leave the last, of phones too", {}, async (cell) => {
  await using cluster = await cell.start();
  await using first = await cluster.login("user1", { clientType: CLIENT_TYPE_IOS });
  await using pc = await cluster.login("user1", { clientType: CLIENT_TYPE_WINDOWS });
  await using second = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await first.next("kicked");
  await using third = await cluster.login("user1", { clientType: CLIENT_TYPE_IOS });
  await second.next("kicked");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await bob.sendText(1, "who is left?");
  await hears(third, "who is left?");
  await hears(pc, "who is left?");
  assert.equal(await endOf(first), "kicked");
  assert.equal(await endOf(second), "kicked");
});

matrix(
  "of two logins at the same moment one stays, and hears what is sent (P-RT6)",
  { msgServers: [2], links: ["tcp"] },
  async (cell) => {
    await using cluster = await cell.start();
    await using bob = await cluster.login("user2");
    for (const clientType of [CLIENT_TYPE_WINDOWS, CLIENT_TYPE_ANDROID]) {
      const both = await Promise.all(
        [0, 1].map((msgServer) => cluster.login("user1", { msgServer, clientType })),
      );
      const loser = await Promise.race(both.map(async (one) => {
        await one.next("kicked");
        return one;
      }));
      const winner = both.find((one) => one !== loser)!;
      await bob.sendText(1, "who is left?");
      await hears(winner, "who is left?");
      assert.deepEqual([winner.isOnline, winner.drain("kicked")], [true, []]);
      assert.equal(await endOf(loser), "kicked");
      await winner.close();
    }
  },
);

matrix("a kick leaves the user online, his last logout does not", {}, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using eve = await cluster.login("user3");
  const statusOfAnn = async (): Promise<number> =>
    (await eve.usersStatus([1])).user_stat_list[0]!.status;
  await using old = await cluster.login("user1", { onKick: "stay" });
  await using ann = await cluster.login("user1", { msgServer: cell.far });
  await old.next("kicked");
  assert.equal(await statusOfAnn(), USER_STATUS_ONLINE);
  clock.advance(KICK_GRACE_MS);
  await endOf(old);
  await ann.serverTime();
  assert.equal(await statusOfAnn(), USER_STATUS_ONLINE);
  // Never offline in between: 1 for each login, then nothing until the logout.
  await ann.logout();
  const seen: string[] = [];
  for (;;) {
    const { user_id, status } = await eve.next("status");
    if (user_id !== 1) continue;
    seen.push(status === USER_STATUS_ONLINE ? "online" : "offline");
    if (status === USER_STATUS_OFFLINE) break;
  }
  assert.deepEqual(seen, ["online", "online", "offline"]);
  assert.equal(await statusOfAnn(), USER_STATUS_OFFLINE);
});
