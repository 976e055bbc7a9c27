import assert from "node:assert/strict";
import { FILE_TYPE_OFFLINE, FILE_TYPE_ONLINE } from "../../../proto/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import { type NewTask, TaskTable } from "./task_table.ts";

const LIMITS = { maxTasks: 10, maxTasksPerUser: 10 };

function newTask(fields: Partial<NewTask> = {}): NewTask {
  return {
    fromUserId: 1,
    toUserId: 2,
    fileName: "a.bin",
    fileSize: 9,
    mode: FILE_TYPE_ONLINE,
    ...fields,
  };
}

function created(table: TaskTable<string>, fields: Partial<NewTask> = {}) {
  const task = table.create(newTask(fields), 0);
  assert.ok(task.ok);
  return task.value;
}

function refusal(table: TaskTable<string>, fields: Partial<NewTask> = {}): string {
  const task = table.create(newTask(fields), 0);
  return task.ok ? "none" : task.refusal;
}

Deno.test("TaskTable, makes a task of the mode that was asked for, and finds it by its id", () => {
  const table = new TaskTable<string>(seededRandom(1), LIMITS);
  const online = created(table);
  const upload = created(table, { mode: FILE_TYPE_OFFLINE });
  assert.deepEqual([online.kind, upload.kind], ["online", "upload"]);
  assert.equal(table.get(online.facts.taskId), online);
  assert.equal(table.get(upload.facts.taskId), upload);
  assert.equal(table.get("other"), null);
  const { fileName, fileSize, fromUserId, toUserId } = online.facts;
  assert.deepEqual([fileName, fileSize, fromUserId, toUserId], ["a.bin", 9, 1, 2]);
});

Deno.test("TaskTable, refuses a further task, at maxTasks, until one is removed", () => {
  const table = new TaskTable<string>(seededRandom(1), { ...LIMITS, maxTasks: 2 });
  const first = created(table);
  created(table, { fromUserId: 3 });
  assert.equal(refusal(table, { fromUserId: 4 }), "too_many_tasks");
  table.remove(first);
  table.remove(first);
  assert.equal(table.size, 1);
  created(table, { fromUserId: 4 });
});

Deno.test("TaskTable, refuses a further task of the same sender, at maxTasksPerUser", () => {
  const table = new TaskTable<string>(seededRandom(1), { ...LIMITS, maxTasksPerUser: 2 });
  const first = created(table);
  created(table);
  assert.equal(refusal(table), "too_many_tasks");
  created(table, { fromUserId: 3 });
  table.remove(first);
  created(table);
  assert.equal(refusal(table), "too_many_tasks");
});

Deno.test("TaskTable, refuses a task, when chance gives ids that are taken", () => {
  const table = new TaskTable<string>(
    { next: () => 0, bytes: (length) => new Uint8Array(length) },
    LIMITS,
  );
  created(table);
  assert.equal(refusal(table), "no_task_id");
});

Deno.test("TaskTable, does not remove another task of the same id", () => {
  const table = new TaskTable<string>(
    { next: () => 0, bytes: (length) => new Uint8Array(length) },
    LIMITS,
  );
  const first = created(table);
  table.remove(first);
  const second = created(table);
  table.remove(first);
  assert.equal(table.get(second.facts.taskId), second);
  assert.deepEqual([...table], [second]);
});
