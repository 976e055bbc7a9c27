/** The same file in several connections and processes. */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { MSG_TYPE_GROUP_TEXT, MSG_TYPE_SINGLE_TEXT } from "../../../proto/ids.ts";
import {
  addGroup,
  addUsers,
  bytes,
  historyIds,
  say,
  sayInGroup,
  T,
  unreadOf,
  withPeer,
} from "../contract/fixtures.ts";
import { type Storage, USER_STATUS_LEFT } from "../types.ts";
import { TempFile } from "./test_support/temp_file.ts";

const APPEND_PROCESS = fileURLToPath(new URL("./test_support/append_process.ts", import.meta.url));

function append(storage: Storage, message: { fromId: number; toId: number; type: number }) {
  return storage.messages.append({ ...message, content: bytes("hello"), created: T + 9 });
}

function appendProcess(path: string, messages: number): Deno.Command {
  const args = ["run", "-A", APPEND_PROCESS, path, String(messages)];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" });
}

/** The ids of all complete lines. */
function idsIn(output: string): number[] {
  return output.split("\n").slice(0, -1).map(Number);
}

Deno.test("two storages on one file give each id once", async () => {
  await using file = await TempFile.make();
  const [ours, other] = [file.open(), file.open()];
  await addUsers(ours, 2);
  const group = await addGroup(ours, [1, 2]);
  for (let id = 1; id <= 6; id += 2) {
    equal(await say(ours, { from: 1, to: 2 }), id);
    equal(await say(other, { from: 2, to: 1 }), id + 1);
    equal(await sayInGroup(ours, { from: 1, group }), id);
    equal(await sayInGroup(other, { from: 2, group }), id + 1);
  }
  deepEqual(await unreadOf(ours, 1), [[1, 2, 3], [2, group, 1]]);
  deepEqual(await unreadOf(other, 2), [[1, 1, 3]]);
});

Deno.test("a storage sees members that another one added and removed", async () => {
  await using file = await TempFile.make();
  const [ours, other] = [file.open(), file.open()];
  await addUsers(ours, 3);
  const group = await addGroup(ours, [1, 2]);
  equal((await ours.groups.members(group))?.size, 2);
  await other.groups.addMembers({ groupId: group, userIds: [3], now: T + 1 });
  await other.groups.removeMembers({ groupId: group, userIds: [2], now: T + 1 });
  const type = MSG_TYPE_GROUP_TEXT;
  deepEqual(await append(ours, { fromId: 3, toId: group, type }), { ok: true, value: 1 });
  equal((await append(ours, { fromId: 2, toId: group, type })).ok, false);
  await other.groups.removeMembers({ groupId: group, userIds: [3], now: T + 2 });
  deepEqual(await ours.groups.members(group), new Map([[1, T]]));
});

Deno.test("a storage sees that another program let a user go", async () => {
  await using file = await TempFile.make();
  const storage = file.open();
  await addUsers(storage, 2);
  equal(await say(storage, { from: 1, to: 2 }), 1);
  file.exec(`UPDATE IMUser SET status = ${USER_STATUS_LEFT} WHERE id = 2`);
  const refusal = { ok: false, refusal: "unknown_receiver" };
  const message = { fromId: 1, toId: 2, type: MSG_TYPE_SINGLE_TEXT };
  deepEqual(await append(storage, message), refusal);
});

Deno.test("processes that open a new file at once all succeed and give each id once", async () => {
  await using file = await TempFile.make();
  const processes = 4;
  const messages = 200;
  const outputs = await Promise.all(
    Array.from({ length: processes }, () => appendProcess(file.path, messages).output()),
  );
  const ids = outputs.flatMap(({ stdout }) => idsIn(new TextDecoder().decode(stdout)));
  const expected = Array.from({ length: processes * messages }, (_, i) => i + 1);
  deepEqual(ids.toSorted((a, b) => a - b), expected);
  deepEqual(await historyIds(file.open(), withPeer(1, 2)), expected.toReversed());
});

Deno.test("a killed process loses nothing that it had confirmed", async () => {
  await using file = await TempFile.make();
  const child = appendProcess(file.path, 1_000_000).spawn();
  let confirmed = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    confirmed += chunk;
    if (idsIn(confirmed).length >= 2000) break;
  }
  child.kill("SIGKILL");
  await child.status;
  const storage = file.open();
  const history = await historyIds(storage, withPeer(1, 2), 1_000_000);
  deepEqual(history, Array.from({ length: history.length }, (_, i) => history.length - i));
  const ids = idsIn(confirmed);
  deepEqual(ids, history.slice(-ids.length).toReversed());
  deepEqual(await unreadOf(storage, 2), [[1, 1, history.length]]);
  equal(await say(storage, { from: 2, to: 1 }), history.length + 1);
});

Deno.test("two openings of a new file in the same moment both succeed", async () => {
  await using file = await TempFile.make();
  const paths = Array.from({ length: 80 }, (_, i) => `${file.path}.${i}`);
  const ready = new Int32Array(new SharedArrayBuffer(4 * paths.length));
  const workers = Array.from(
    { length: 2 },
    () => new Worker(new URL("./test_support/open_worker.ts", import.meta.url), { type: "module" }),
  );
  const failures = await Promise.all(workers.map((worker) => {
    const answer = Promise.withResolvers<unknown>();
    worker.onmessage = (event) => answer.resolve(event.data);
    worker.postMessage({ paths, ready, workers: workers.length });
    return answer.promise;
  }));
  for (const worker of workers) worker.terminate();
  deepEqual(failures, [[], []]);
});
