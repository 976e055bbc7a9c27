/** The lock-out after too many wrong passwords (docs/spec/flows.md 2.2, pitfalls.md P-LOCK). */
import assert from "node:assert/strict";
import { LoginRefusedError } from "../../shared/client/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import type { Cluster } from "../support/cluster.ts";
import { matrix, ONE } from "../support/matrix.ts";
import { passSeconds } from "../support/time.ts";

const WRONG = "用户名/密码错误";
const LOCKED = "用户名/密码错误次数太多";
const ALLOWED_FAILURES = 11;

/** The text of a refused login. */
async function refusalOf(cluster: Cluster, userName: string, password: string): Promise<string> {
  const login = cluster.login(userName, { password });
  const error = await login.then((client) => client.close(), (error: unknown) => error);
  assert.ok(error instanceof LoginRefusedError, `${userName} got in`);
  assert.equal(error.resultCode, 6);
  return error.resultString;
}

async function failOften(cluster: Cluster, times: number): Promise<void> {
  for (let i = 0; i < times; i++) assert.equal(await refusalOf(cluster, "user1", "guess"), WRONG);
}

matrix(
  "after 11 wrong passwords the right one is refused too, for this name only",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await failOften(cluster, ALLOWED_FAILURES);
    assert.equal(await refusalOf(cluster, "user1", "123456"), LOCKED);
    await using other = await cluster.login("user2", { msgServer: cell.far });
    assert.equal(other.userId, 2);
  },
);

matrix("a login that works forgets the failures before it", ONE, async (cell) => {
  await using cluster = await cell.start();
  await failOften(cluster, ALLOWED_FAILURES - 1);
  await (await cluster.login("user1")).close();
  await failOften(cluster, ALLOWED_FAILURES - 1);
  await (await cluster.login("user1")).close();
});

matrix("the lock-out ends half an hour after the failures", {
  links: ["memory"],
  msgServers: [1],
}, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await failOften(cluster, ALLOWED_FAILURES);
  await passSeconds(clock, 1790);
  assert.equal(await refusalOf(cluster, "user1", "123456"), LOCKED);
  await passSeconds(clock, 15);
  await using client = await cluster.login("user1");
  assert.equal(client.userId, 1);
});
