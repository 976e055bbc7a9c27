import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type OfflineFile, type Storage, USER_STATUS_LEFT } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addUsers, newUser, T } from "./fixtures.ts";

/** More than any test adds. */
const ALL = 1000;

function file(taskId: string, changes: Partial<OfflineFile> = {}): OfflineFile {
  return { fromId: 1, toId: 2, taskId, fileName: `${taskId}.txt`, size: 5, ...changes };
}

async function waitingTasks(storage: Storage, userId: number, limit = ALL): Promise<string[]> {
  const files = await storage.offlineFiles.waitingFor(userId, limit);
  return files.map(({ taskId }) => taskId);
}

export function offlineFileContract(contract: Contract): void {
  contractTest(contract, {
    title: "offlineFiles.waitingFor() gives a user's files as noted, oldest first, up to the limit",
    run: async (storage) => {
      await addUsers(storage, 3);
      const { offlineFiles } = storage;
      const [big, odd, later, later2] = [
        file("big", { size: 0xffffffff, fromId: 3 }),
        file("odd", { fileName: 'it\'s a "文件" 😀.txt', size: 0 }),
        file("later"),
        file("later too"),
      ];
      equal(await offlineFiles.add(odd, T + 1), true);
      equal(await offlineFiles.add(later, T + 2), true);
      equal(await offlineFiles.add(later2, T + 2), true);
      equal(await offlineFiles.add(big, T), true);
      equal(await offlineFiles.add(file("for 3", { toId: 3 }), T), true);
      deepEqual(await offlineFiles.waitingFor(2, ALL), [big, odd, later, later2]);
      deepEqual(await offlineFiles.waitingFor(2, 2), [big, odd]);
      deepEqual(await waitingTasks(storage, 3), ["for 3"]);
      deepEqual(await waitingTasks(storage, 1), []);
      deepEqual(await waitingTasks(storage, 99), []);
    },
  });

  contractTest(contract, {
    title: "offlineFiles.add() notes a file once, and keeps apart what others say of its task",
    run: async (storage) => {
      await addUsers(storage, 3);
      const { offlineFiles } = storage;
      equal(await offlineFiles.add(file("task"), T), true);
      equal(await offlineFiles.add(file("other"), T + 1), true);
      for (const again of [file("task"), file("task", { fileName: "renamed", size: 6 })]) {
        equal(await offlineFiles.add(again, T + 2), true);
      }
      deepEqual(await offlineFiles.waitingFor(2, ALL), [file("task"), file("other")]);
      equal(await offlineFiles.add(file("task", { fromId: 3 }), T + 3), true);
      equal(await offlineFiles.add(file("task", { toId: 3 }), T + 3), true);
      deepEqual(await waitingTasks(storage, 2), ["task", "other", "task"]);
      deepEqual(await waitingTasks(storage, 3), ["task"]);
    },
  });

  contractTest(contract, {
    title: "offlineFiles.add() is false for a receiver who is unknown or left",
    run: async (storage) => {
      await addUsers(storage, 1);
      await storage.users.add([newUser("gone", { id: 2, status: USER_STATUS_LEFT })]);
      for (const toId of [2, 3]) {
        equal(await storage.offlineFiles.add(file("task", { toId }), T), false);
        deepEqual(await waitingTasks(storage, toId), []);
      }
    },
  });

  contractTest(contract, {
    title: "offlineFiles.remove() takes exactly one entry, which can be noted anew",
    run: async (storage) => {
      await addUsers(storage, 3);
      const { offlineFiles } = storage;
      for (const one of [file("task"), file("other"), file("task", { fromId: 3 })]) {
        await offlineFiles.add(one, T);
      }
      const strangers = [
        { fromId: 2, toId: 1, taskId: "task" },
        { fromId: 1, toId: 3, taskId: "task" },
        { fromId: 1, toId: 2, taskId: "TASK" },
        { fromId: 1, toId: 2, taskId: "' OR '1'='1" },
      ];
      for (const entry of strangers) equal(await offlineFiles.remove(entry), false);
      const entry = { fromId: 1, toId: 2, taskId: "task" };
      equal(await offlineFiles.remove(entry), true);
      equal(await offlineFiles.remove(entry), false);
      deepEqual(await offlineFiles.waitingFor(2, ALL), [
        file("other"),
        file("task", { fromId: 3 }),
      ]);
      equal(await offlineFiles.add(file("task"), T + 1), true);
      deepEqual(await waitingTasks(storage, 2), ["other", "task", "task"]);
    },
  });
}
