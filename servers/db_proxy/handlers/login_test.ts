import assert from "node:assert/strict";
import {
  CID_OTHER_VALIDATE_REQ,
  CID_OTHER_VALIDATE_RSP,
  IMValidateReq,
  IMValidateRsp,
} from "../../../proto/mod.ts";
import { LOCK_OUT_WINDOW_SEC, MAX_FAILURES } from "../state/login_failures.ts";
import { teamtalkPasswordHash } from "../../../shared/password.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import { HASH_ELSEWHERE } from "../../../shared/storage/password_form.ts";
import { PASSWORD, SEEDED_AT, Tasks, testUser } from "../test_support/tasks.ts";

const QUESTION = { id: CID_OTHER_VALIDATE_REQ, codec: IMValidateReq };
const REPLY = { id: CID_OTHER_VALIDATE_RSP, codec: IMValidateRsp };
const ATTACH = Uint8Array.of(1, 2, 3, 0xff);
const WRONG = "用户名/密码错误";
const LOCKED = "用户名/密码错误次数太多";

function validate(tasks: Tasks, user_name = "user1", password = PASSWORD): Promise<IMValidateRsp> {
  return tasks.ask(QUESTION, { user_name, password, attach_data: ATTACH }, REPLY);
}

async function results(tasks: Tasks, attempts: number, password: string): Promise<string[]> {
  const found: string[] = [];
  for (let i = 0; i < attempts; i++) {
    const { result_code, result_string } = await validate(tasks, "user1", password);
    found.push(`${result_code} ${result_string}`);
  }
  return found;
}

Deno.test("validateUser(), the right password gives the user, with status 0 (Q-LOGST)", async () => {
  await using tasks = await Tasks.open();
  await tasks.services.storage.users.add([
    testUser(20, { status: 2, nick: "Ann", sign_info: "hi" }),
  ]);
  const answer = await validate(tasks, "user20");
  assert.deepEqual([answer.result_code, answer.result_string], [0, "成功"]);
  assert.equal(answer.user_name, "user20");
  assert.deepEqual({ ...answer.user_info }, {
    user_id: 20,
    user_gender: 1,
    user_nick_name: "Ann",
    avatar_url: "",
    department_id: 1,
    email: "user20@example.com",
    user_real_name: "user20",
    user_tel: "1",
    user_domain: "user20",
    status: 0,
    sign_info: "hi",
  });
  assert.equal(answer.attach_data?.toHex(), ATTACH.toHex());
});

for (
  const [what, name, password] of [
    ["a wrong password", "user1", "x"],
    ["an empty password", "user1", ""],
    ["an unknown name", "nobody", PASSWORD],
    ["a name in other letters (Q-CASE)", "User1", PASSWORD],
    ["SQL in the name (P-DB1)", "' OR 1=1 --", PASSWORD],
    ["a name that is too long to exist", "n".repeat(10_000), PASSWORD],
  ] as const
) {
  Deno.test(`validateUser(), result 1 and no user for ${what}`, async () => {
    await using tasks = await Tasks.open();
    const answer = await validate(tasks, name, password);
    assert.deepEqual([answer.result_code, answer.result_string], [1, WRONG]);
    assert.equal(answer.user_info, undefined);
    assert.equal(answer.user_name, name);
    assert.equal(answer.attach_data?.toHex(), ATTACH.toHex());
  });
}

Deno.test("validateUser(), who left may not log in, everybody else may (P-LOG2)", async () => {
  await using tasks = await Tasks.open();
  const users = [0, 1, 2, 3, 4].map((status) => testUser(20 + status, { status }));
  await tasks.services.storage.users.add(users);
  const codes: number[] = [];
  for (const { name } of users) codes.push((await validate(tasks, name)).result_code);
  assert.deepEqual(codes, [0, 0, 0, 1, 0]);
});

Deno.test("validateUser(), the twelfth attempt is refused, for half an hour (P-LOCK)", async () => {
  await using tasks = await Tasks.open();
  const attempts = await results(tasks, MAX_FAILURES + 2, "guess");
  assert.deepEqual(attempts, [...Array(MAX_FAILURES + 1).fill(`1 ${WRONG}`), `6 ${LOCKED}`]);
  const right = await validate(tasks);
  assert.deepEqual([right.result_code, right.user_info], [6, undefined]);
  assert.equal((await validate(tasks, "user2")).result_code, 0, "others are not locked out");
  tasks.clock.advance((LOCK_OUT_WINDOW_SEC + 1) * 1000);
  assert.equal((await validate(tasks)).result_code, 0);
});

Deno.test("validateUser(), a refused attempt does not make the lock-out longer", async () => {
  await using tasks = await Tasks.open();
  await results(tasks, MAX_FAILURES + 1, "guess");
  tasks.clock.advance(LOCK_OUT_WINDOW_SEC * 1000);
  assert.deepEqual(await results(tasks, 1, "guess"), [`6 ${LOCKED}`]);
  tasks.clock.advance(1000);
  assert.equal((await validate(tasks)).result_code, 0);
});

Deno.test("validateUser(), a right password clears the failures before it", async () => {
  await using tasks = await Tasks.open();
  for (let round = 0; round < 3; round++) {
    await results(tasks, MAX_FAILURES, "guess");
    assert.equal((await validate(tasks)).result_code, 0);
  }
});

Deno.test("validateUser(), guesses that come at once are counted like guesses one by one", async () => {
  await using tasks = await Tasks.open();
  const guess = IMValidateReq.encode({ user_name: "user1", password: "guess" });
  const right = IMValidateReq.encode({ user_name: "user1", password: PASSWORD });
  for (const body of [...Array(100).fill(guess), right]) {
    tasks.runner.run(1, buildFrame(CID_OTHER_VALIDATE_REQ, 1, body));
  }
  await tasks.runner.drain();
  const codes = tasks.answers.map(({ frame }) =>
    IMValidateRsp.decode(frame.subarray(16)).result_code
  );
  assert.deepEqual(codes, [...Array(MAX_FAILURES + 1).fill(1), ...Array(90).fill(6)]);
});

Deno.test("validateUser(), result 2 when storage fails, which counts as no failure", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  const attempts = await results(tasks, MAX_FAILURES + 2, PASSWORD);
  assert.deepEqual(new Set(attempts), new Set(["2 服务端内部错误"]));
});

Deno.test("validateUser(), a login leaves a scrypt hash, which counts from then on (P-PWD)", async () => {
  await using tasks = await Tasks.open();
  const { storage, passwords } = tasks.services;
  const codes = async (...sent: string[]): Promise<number[]> => {
    const found: number[] = [];
    for (const one of sent) found.push((await validate(tasks, "user1", one)).result_code);
    return found;
  };
  assert.deepEqual(await codes(PASSWORD), [0]);
  await passwords.stop(); // Waits for the hash that is being made.
  const { password, salt, hash } = (await storage.users.credentials("user1"))!;
  assert.deepEqual([password, hash?.startsWith("scrypt$")], [HASH_ELSEWHERE, true]);
  assert.deepEqual(await codes(PASSWORD, "guess", PASSWORD, password), [0, 1, 0, 1]);
  // What is remembered of a password does not outlive a reset, nor let in who was disabled.
  const set = async (changes: object) => {
    const written = await storage.management.users.write({
      add: [],
      update: [{ id: 1, changes }],
      now: SEEDED_AT,
    });
    assert.ok(written.ok);
  };
  await set({ password: teamtalkPasswordHash("other", salt) });
  assert.deepEqual(await codes(PASSWORD, "other"), [1, 0]);
  await set({ status: 3 });
  assert.deepEqual(await codes("other"), [1]);
});

Deno.test("validateUser(), a name is locked out from one address, and not from another (P-LOCK)", async () => {
  await using tasks = await Tasks.open();
  const from = async (client_address: string, password: string): Promise<number> => {
    const question = { user_name: "user1", password, attach_data: ATTACH, client_address };
    return (await tasks.ask(QUESTION, question, REPLY)).result_code;
  };
  for (let i = 0; i <= MAX_FAILURES; i++) assert.equal(await from("10.0.0.1", "guess"), 1);
  assert.equal(await from("10.0.0.1", PASSWORD), 6);
  assert.equal(await from("10.0.0.2", PASSWORD), 0);
});
