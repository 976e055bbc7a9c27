/** Signature and avatar: who is told, and what later syncs say (docs/spec/flows.md 14). */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
  CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
  CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
} from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { matrix, ONE } from "../support/matrix.ts";

const PROFILE_COMMANDS: readonly number[] = [
  CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
];

/** Commands about profiles that the client gets from now on: id, and whether it is an answer. */
function profileFramesOf(client: Client): [number, "answer" | "notice"][] {
  const frames: [number, "answer" | "notice"][] = [];
  client.onFrame((frame) => {
    if (!PROFILE_COMMANDS.includes(commandIdOf(frame))) return;
    frames.push([commandIdOf(frame), seqNumOf(frame) === 0 ? "notice" : "answer"]);
  });
  return frames;
}

matrix("a signature is answered, then told to everybody, its author too", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using phone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_IOS,
  });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using eve = await cluster.login("user3", { clientType: CLIENT_TYPE_ANDROID });
  const { latest_update_time: since } = await bob.allUsers();
  const seenByAnn = profileFramesOf(ann);
  const text = 'it\'s "busy" 忙';
  assert.deepEqual({ ...await ann.changeSignInfo(text) }, {
    user_id: 1,
    result_code: 0,
    sign_info: text,
  });
  for (const client of [ann, phone, bob, eve]) {
    assert.deepEqual({ ...await client.next("signInfo") }, { changed_user_id: 1, sign_info: text });
  }
  assert.deepEqual(seenByAnn, [
    [CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE, "answer"],
    [CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, "notice"],
  ]);
  const [changed] = (await bob.allUsers(since)).user_list.filter(({ user_id }) => user_id === 1);
  assert.equal(changed?.sign_info, text);
});

matrix("a signature of more than 128 bytes is refused, the same again is not", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const longest = "忙".repeat(42) + "xx";
  for (const text of ["忙".repeat(43), `${longest}x`, "a\0b", "x".repeat(100_000)]) {
    assert.deepEqual({ ...await ann.changeSignInfo(text) }, { user_id: 1, result_code: 1 });
  }
  for (let twice = 0; twice < 2; twice++) {
    assert.equal((await ann.changeSignInfo(longest)).result_code, 0);
    assert.equal((await bob.next("signInfo")).sign_info, longest);
  }
  assert.equal((await bob.usersInfo([1])).user_info_list[0]?.sign_info, longest);
});

matrix("an avatar is told to the user's terminals, then to everybody", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using phone = await cluster.login("user1", { clientType: CLIENT_TYPE_IOS });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const { latest_update_time: since } = await bob.allUsers();
  const seenByAnn = profileFramesOf(ann);
  const seenByPhone = profileFramesOf(phone);
  const seenByBob = profileFramesOf(bob);
  const avatar_url = "http://127.0.0.1:8700/g0/000/000/a.jpg";
  assert.deepEqual({ ...await ann.changeAvatar(avatar_url) }, { user_id: 1, result_code: 0 });
  for (const client of [ann, phone, bob]) {
    assert.deepEqual({ ...await client.next("avatarChanged") }, { changed_user_id: 1, avatar_url });
  }
  const notice = [CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, "notice"];
  assert.deepEqual(seenByAnn, [[CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE, "answer"], notice]);
  assert.deepEqual(seenByPhone, [[CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE, "notice"], notice]);
  assert.deepEqual(seenByBob, [notice]);
  const [changed] = (await bob.allUsers(since)).user_list.filter(({ user_id }) => user_id === 1);
  assert.equal(changed?.avatar_url, avatar_url);
});

matrix("an avatar that does not fit is refused, and only its author told", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using phone = await cluster.login("user1", { clientType: CLIENT_TYPE_IOS });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const seenByPhone = profileFramesOf(phone);
  for (const url of ["x".repeat(256), "http://host/a\0.jpg"]) {
    assert.deepEqual({ ...await ann.changeAvatar(url) }, { user_id: 1, result_code: 1 });
  }
  await ann.changeAvatar("x".repeat(255));
  assert.equal((await bob.next("avatarChanged")).avatar_url, "x".repeat(255));
  await phone.next("avatarChanged");
  assert.equal(seenByPhone.length, 2);
});

matrix(
  "whoever synchronized in the second of a change sees it in the next sync",
  { links: ["memory"], msgServers: [1] },
  async (cell) => {
    await using cluster = await cell.start({ clock: new ManualClock() });
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    await ann.changeSignInfo("first");
    const { latest_update_time: since } = await bob.allUsers();
    await ann.changeSignInfo("second");
    const { user_list } = await bob.allUsers(since);
    assert.deepEqual(user_list.map(({ user_id, sign_info }) => [user_id, sign_info]), [
      [1, "second"],
    ]);
  },
);

matrix("without route_server a change is stored, and nobody is told", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await cluster.stopServer("route_server");
  assert.equal((await ann.changeSignInfo("alone")).result_code, 0);
  assert.equal((await ann.changeAvatar("alone.jpg")).result_code, 0);
  const [info] = (await bob.usersInfo([1])).user_info_list;
  assert.deepEqual([info?.sign_info, info?.avatar_url], ["alone", "alone.jpg"]);
  assert.deepEqual([...bob.drain("signInfo"), ...bob.drain("avatarChanged")], []);
});

matrix("without db_proxy changes are refused at once", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await cluster.stopServer("db_proxy");
  assert.deepEqual({ ...await ann.changeSignInfo("x") }, { user_id: 1, result_code: 1 });
  assert.deepEqual({ ...await ann.changeAvatar("x") }, { user_id: 1, result_code: 1 });
  assert.deepEqual({ ...await ann.setPushShield(1) }, { user_id: 1, result_code: 1 });
  assert.deepEqual({ ...await ann.queryPushShield() }, { user_id: 1, result_code: 1 });
  assert.deepEqual({ ...await ann.shieldGroup(2, 1) }, {
    user_id: 1,
    group_id: 2,
    result_code: 1,
  });
});
