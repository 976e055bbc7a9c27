/** Files up to their task and while they wait; the file_server is played (docs/spec/flows.md 15). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { settled } from "../support/chat.ts";
import { type Cell, matrix } from "../support/matrix.ts";
import { fileHome, filePlace, makesTask } from "../support/played_servers.ts";

const { FILE_TYPE_OFFLINE, FILE_TYPE_ONLINE } = proto;
const TASK = "9c424824-fe01-49bd-88ed-1d8f2d3c976a";
const FILE = { to_user_id: 2, file_name: "报告.txt", file_size: 70_000 };

const startWithFiles = (cell: Cell, fileServers = 1) => cell.start({ played: { fileServers } });

const plain = <T>(message: T): T => JSON.parse(JSON.stringify(message));

/** The next notice at a PC says that the file was announced, or is there. */
async function isTold(client: Client, notice: Partial<proto.IMFileNotify>): Promise<void> {
  assert.deepEqual(plain(await client.next("fileNotify")), {
    from_user_id: 1,
    ...FILE,
    task_id: TASK,
    ip_addr_list: [filePlace(0)],
    trans_mode: FILE_TYPE_OFFLINE,
    ...notice,
  });
}

/** Tasks of the files that wait for the client, and where. */
async function waiting(client: Client): Promise<[place: proto.IpAddr | null, ...tasks: string[]]> {
  const { offline_file_list, ip_addr_list } = await client.offlineFiles();
  return [plain(ip_addr_list[0] ?? null), ...offline_file_list.map(({ task_id }) => task_id)];
}

matrix(
  "an offline file: announced, uploaded, listed until it was fetched (Q-FILENOTE)",
  {},
  async (cell) => {
    await using cluster = await startWithFiles(cell);
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    const asked = ann.requestFile({ ...FILE, trans_mode: FILE_TYPE_OFFLINE });
    await makesTask(cluster.played.files[0]!, TASK);
    assert.deepEqual(plain(await asked), {
      result_code: 0,
      from_user_id: 1,
      to_user_id: 2,
      file_name: FILE.file_name,
      task_id: TASK,
      ip_addr_list: [filePlace(0)],
      trans_mode: FILE_TYPE_OFFLINE,
    });
    await isTold(bob, { offline_ready: 0 });
    assert.deepEqual(await waiting(bob), [filePlace(0)]);
    ann.addOfflineFile({ ...FILE, task_id: TASK });
    await isTold(bob, { offline_ready: 1 });
    await settled(ann);
    assert.deepEqual(await waiting(bob), [filePlace(0), TASK]);
    assert.deepEqual(await waiting(ann), [filePlace(0)]);
    bob.deleteOfflineFile({ from_user_id: 1, task_id: TASK });
    assert.deepEqual(await waiting(bob), [filePlace(0)]);
  },
);

matrix("a file goes from PC to PC, or waits for somebody without one (Q-FILEMODE)", {}, async (
  cell,
) => {
  await using cluster = await startWithFiles(cell);
  await using ann = await cluster.login("user1");
  await using _phone = await cluster.login("user3", {
    msgServer: cell.far,
    clientType: proto.CLIENT_TYPE_IOS,
  });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const receivers = [[2, FILE_TYPE_ONLINE], [3, FILE_TYPE_OFFLINE], [
    4,
    FILE_TYPE_OFFLINE,
  ]] as const;
  for (const [to_user_id, mode] of receivers) {
    const asked = ann.requestFile({ ...FILE, to_user_id, trans_mode: FILE_TYPE_ONLINE });
    const task = await makesTask(cluster.played.files[0]!, TASK);
    assert.equal(task.message.trans_mode, mode);
    assert.deepEqual([(await asked).trans_mode, (await asked).task_id], [mode, TASK]);
  }
  await isTold(bob, { trans_mode: FILE_TYPE_ONLINE, offline_ready: 0 });
});

matrix("without a file_server there is no file, and everything else goes on", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  for (const trans_mode of [FILE_TYPE_ONLINE, FILE_TYPE_OFFLINE]) {
    const { result_code, task_id } = await ann.requestFile({ ...FILE, trans_mode });
    assert.deepEqual([result_code, task_id], [1, ""]);
  }
  await ann.sendText(2, "no file");
});

matrix("nobody but sender and receiver takes a file off the list (P-AUTH4)", {}, async (cell) => {
  await using cluster = await startWithFiles(cell);
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using eve = await cluster.login("user3", { msgServer: cell.far });
  ann.addOfflineFile({ ...FILE, task_id: TASK });
  ann.addOfflineFile({ ...FILE, task_id: "second" });
  await settled(ann);
  const remove = (client: Client, task_id: string): void =>
    client.notify(
      { id: proto.CID_FILE_DEL_OFFLINE_REQ, request: proto.IMFileDelOfflineReq },
      { from_user_id: 1, to_user_id: 2, task_id },
    );
  remove(eve, TASK);
  remove(eve, "' OR '1'='1");
  await settled(eve);
  assert.deepEqual(await waiting(bob), [filePlace(0), TASK, "second"]);
  remove(ann, TASK);
  await settled(ann);
  assert.deepEqual(await waiting(bob), [filePlace(0), "second"]);
});

matrix("all files that wait for somebody are at one file_server (P-FILE9)", {}, async (cell) => {
  await using cluster = await startWithFiles(cell, 3);
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using eve = await cluster.login("user3", { msgServer: cell.far });
  const home = fileHome(2, 3);
  for (const [sender, task_id] of [[ann, "a"], [eve, "b"], [ann, "c"]] as const) {
    const asked = sender.requestFile({ ...FILE, trans_mode: FILE_TYPE_OFFLINE });
    await makesTask(cluster.played.files[home]!, task_id);
    assert.deepEqual(plain((await asked).ip_addr_list), [filePlace(home)]);
    sender.addOfflineFile({ ...FILE, task_id });
    await settled(sender);
  }
  assert.deepEqual(await waiting(bob), [filePlace(home), "a", "b", "c"]);
});
