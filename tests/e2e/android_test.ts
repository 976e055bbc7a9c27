/** Large answers for the Android client, which refuses frames above 400 KiB (pitfalls.md P-LIM3). */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  CID_GROUP_INFO_RESPONSE,
  CID_MSG_GET_BY_MSG_ID_RES,
  CID_MSG_LIST_RESPONSE,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_WINDOWS,
  GROUP_TYPE_NORMAL,
  IMAllUserRsp,
  IMRecentContactSessionRsp,
  MSG_TYPE_SINGLE_TEXT,
} from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { bodyOf, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { single } from "../support/chat.ts";
import { demoData, demoUser, SEEDED_AT } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

const MAX_ANDROID_FRAME_BYTES = 390 * 1024;
const USERS = 5000;

/** As large as users are with an avatar and a signature. */
async function manyUsers(storage: Storage): Promise<void> {
  const changes = {
    avatar: "http://example.com/avatar/0123456789.png",
    sign_info: "签名".repeat(5),
  };
  await storage.users.add(Array.from({ length: USERS }, (_, i) => demoUser(i + 1, changes)));
}

interface Frame {
  readonly seqNum: number;
  readonly bytes: number;
  readonly body: Uint8Array;
}

/** The frames of one command that a client gets from now on. */
function framesOf(client: Client, commandId: number): Frame[] {
  const frames: Frame[] = [];
  client.onFrame((frame) => {
    if (commandIdOf(frame) !== commandId) return;
    frames.push({
      seqNum: seqNumOf(frame),
      bytes: frame.length,
      body: new Uint8Array(bodyOf(frame)),
    });
  });
  return frames;
}

matrix(
  "5,000 users come in parts of one seq_num, the last with the new time",
  ONE,
  async (cell) => {
    await using cluster = await cell.start({ seed: manyUsers });
    await using android = await cluster.login("user1", { clientType: CLIENT_TYPE_ANDROID });
    const frames = framesOf(android, CID_BUDDY_LIST_ALL_USER_RESPONSE);
    const since = SEEDED_AT - 77;
    const { user_list } = await android.allUsers(since);
    assert.deepEqual(
      user_list.map((user) => user.user_id),
      Array.from({ length: USERS }, (_, i) => i + 1),
    );
    assert.ok(frames.length >= 2, "they do not fit one frame");
    assert.equal(new Set(frames.map((frame) => frame.seqNum)).size, 1);
    assert.ok(frames.every((frame) => frame.bytes < MAX_ANDROID_FRAME_BYTES));
    const times = frames.map((frame) => IMAllUserRsp.decode(frame.body).latest_update_time);
    assert.deepEqual(times, frames.map((_, i) => i === frames.length - 1 ? SEEDED_AT : since));
  },
);

matrix("other clients get 5,000 users in one frame", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: manyUsers });
  for (const clientType of [CLIENT_TYPE_WINDOWS, CLIENT_TYPE_IOS]) {
    await using client = await cluster.login("user1", { clientType });
    const frames = framesOf(client, CID_BUDDY_LIST_ALL_USER_RESPONSE);
    assert.equal((await client.allUsers()).user_list.length, USERS);
    assert.equal(frames.length, 1);
    assert.ok(frames[0]!.bytes > MAX_ANDROID_FRAME_BYTES);
  }
});

matrix("many groups come in parts", ONE, async (cell) => {
  const ids = Array.from({ length: 300 }, (_, i) => i + 1);
  const longText = "群".repeat(250);
  await using cluster = await cell.start({
    seed: async (storage) => {
      await demoData(5, [])(storage);
      await Promise.all(ids.map((id) =>
        storage.groups.create({
          id,
          name: longText,
          avatar: longText,
          creator: 1,
          type: GROUP_TYPE_NORMAL,
          members: [1, 2, 3, 4, 5],
          created: SEEDED_AT,
        })
      ));
    },
  });
  await using android = await cluster.login("user1", { clientType: CLIENT_TYPE_ANDROID });
  const frames = framesOf(android, CID_GROUP_INFO_RESPONSE);
  const { group_info_list } = await android.groupInfo(
    ids.map((group_id) => ({ group_id, version: 0 })),
  );
  assert.deepEqual(group_info_list.map((info) => info.group_id), ids);
  assert.ok(group_info_list.every((info) => info.group_member_list.length === 5));
  assert.ok(frames.length >= 2 && new Set(frames.map((frame) => frame.seqNum)).size === 1);
  assert.ok(frames.every((frame) => frame.bytes < MAX_ANDROID_FRAME_BYTES));
});

matrix("a page of history is cut to what fits, newest first", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using android = await cluster.login("user2", { clientType: CLIENT_TYPE_ANDROID });
  // Small texts around large sounds: what fits does not depend on an average.
  const sound = new Uint8Array(150 * 1024);
  for (let i = 0; i < 4; i++) {
    await ann.sendText(2, "listen");
    await ann.sendAudio(single(2), { durationSec: 9, sound });
  }
  for (let i = 0; i < 12; i++) await ann.sendText(2, "well?");
  const frames = framesOf(android, CID_MSG_LIST_RESPONSE);
  const seen: number[] = [];
  for (let begin = 0; seen.at(-1) !== 1;) {
    const { msg_list } = await android.messageList(single(1), { begin, count: 20 });
    assert.ok(msg_list.length > 0);
    seen.push(...msg_list.map((info) => info.msg_id));
    begin = seen.at(-1)! - 1;
  }
  assert.deepEqual(seen, Array.from({ length: 20 }, (_, i) => 20 - i));
  assert.ok(frames.length >= 2 && frames.length <= 4, `${frames.length} pages`);
  assert.ok(frames.every((frame) => frame.bytes < MAX_ANDROID_FRAME_BYTES));
});

matrix("100 sessions that end with long texts come in parts", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: demoData(101, []) });
  await using ann = await cluster.login("user1");
  const msg_data = new Uint8Array(4096).fill(65);
  await Promise.all(
    Array.from(
      { length: 100 },
      (_, i) => ann.sendMessage({ to_session_id: i + 2, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data }),
    ),
  );
  await using android = await cluster.login("user1", { clientType: CLIENT_TYPE_ANDROID });
  const frames = framesOf(android, CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE);
  await android.recentSessions();
  await android.serverTime();
  assert.ok(frames.every((frame) => frame.bytes < MAX_ANDROID_FRAME_BYTES));
  const sessions = frames.flatMap((frame) =>
    IMRecentContactSessionRsp.decode(frame.body).contact_session_list
  );
  assert.equal(new Set(sessions.map((session) => session.session_id)).size, 100);
});

matrix("messages asked for by id are cut to what fits, newest first", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using android = await cluster.login("user2", { clientType: CLIENT_TYPE_ANDROID });
  const msg_data = new Uint8Array(4096).fill(65);
  const ids = Array.from({ length: 100 }, (_, i) => i + 1);
  await Promise.all(
    ids.map(() => ann.sendMessage({ to_session_id: 2, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data })),
  );
  const frames = framesOf(android, CID_MSG_GET_BY_MSG_ID_RES);
  const { msg_list } = await android.messagesByIds(single(1), ids);
  assert.ok(frames[0]!.bytes < MAX_ANDROID_FRAME_BYTES);
  assert.ok(msg_list.length >= 90);
  assert.deepEqual(msg_list.map((info) => info.msg_id), ids.toReversed().slice(0, msg_list.length));
});
