/**
 * Several db_proxy_servers on one MySQL and Redis count failed logins together (docs/spec/pitfalls.md
 * P-LOCK): however many there are, a password is not guessed that many times as often.
 */
import assert from "node:assert/strict";
import {
  CID_OTHER_VALIDATE_REQ,
  CID_OTHER_VALIDATE_RSP,
  IMValidateReq,
  IMValidateRsp,
} from "../../proto/mod.ts";
import { MAX_FAILURES, MAX_NAME_FAILURES } from "../../servers/db_proxy/state/login_failures.ts";
import { md5Hex } from "../../shared/password.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { type EnginesPlace, makeEnginesPlace, neededBy } from "../support/data_place.ts";
import { type DbProxyFixture, startDbProxy } from "../support/db_proxy_fixture.ts";
import { PASSWORD } from "../support/demo_data.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";

const RIGHT = md5Hex(PASSWORD);
const DONE = 0;
const WRONG = 1;
const LOCKED = 6;

interface Pair extends AsyncDisposable {
  readonly place: EnginesPlace;
  readonly proxies: readonly DbProxyFixture[];
  /** Result of a login at the one or the other db_proxy. */
  login(at: 0 | 1, password: string, address?: string): Promise<number>;
}

async function startPair(): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await makeEnginesPlace({}));
  const { storage } = place;
  const first = stack.use(await startDbProxy("tcp", { storage }));
  const second = stack.use(await startDbProxy("tcp", { storage, data: "kept" }));
  const links: ScriptedLink[] = [];
  for (const proxy of [first, second]) links.push(stack.use(await proxy.connect()));
  const resources = stack.move();
  return {
    place,
    proxies: [first, second],
    login: async (at, password, client_address = "10.0.0.1") => {
      const question = { user_name: "user1", password, client_address };
      links[at]!.send(CID_OTHER_VALIDATE_REQ, IMValidateReq.encode(question));
      return (await links[at]!.expect(CID_OTHER_VALIDATE_RSP, IMValidateRsp)).result_code;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function pairTest(name: string, run: (pair: Pair) => Promise<void>): void {
  Deno.test(name, async (t) => {
    if (await isSkipped(t, neededBy("mysql"))) return;
    await using pair = await startPair();
    await run(pair);
  });
}

pairTest("failures at two db_proxy_servers are counted together (P-LOCK)", async ({ login }) => {
  for (let i = 0; i <= MAX_FAILURES; i++) {
    assert.equal(await login(i % 2 === 0 ? 0 : 1, "guess"), WRONG);
  }
  for (const at of [0, 1] as const) assert.equal(await login(at, RIGHT), LOCKED);
  // Somebody else's failures, as everywhere.
  assert.equal(await login(0, RIGHT, "10.0.0.2"), DONE);
});

pairTest("a further db_proxy_server gives one guess, not eleven (P-LOCK)", async ({ login }) => {
  for (let i = 0; i <= MAX_FAILURES; i++) assert.equal(await login(0, "guess"), WRONG);
  assert.equal(await login(1, "guess"), LOCKED);
  assert.equal(await login(1, RIGHT), LOCKED);
});

pairTest(
  "guesses from everywhere lock the name at all db_proxy_servers (P-LOCK)",
  async ({ login }) => {
    let guesses = 0;
    for (let i = 0; i < 2 * MAX_NAME_FAILURES; i++) {
      const result = await login(i % 2 === 0 ? 0 : 1, "guess", `10.1.0.${i}`);
      if (result === WRONG) guesses++;
      else assert.equal(result, LOCKED);
    }
    assert.equal(guesses, MAX_NAME_FAILURES + 1);
  },
);

pairTest(
  "a right password costs Redis nothing, and forgets failures for all (P-LOCK)",
  async (pair) => {
    const { login, place: { engines } } = pair;
    const callsOf = (work: () => Promise<unknown>): Promise<number> =>
      engines.withRedis("token", async (redis) => {
        await redis.config("RESETSTAT");
        await work();
        const stats = await redis.info("commandstats");
        const calls = [...stats.matchAll(/cmdstat_(?:eval\w*|rpop):calls=(\d+)/g)];
        return calls.reduce((sum, [, count]) => sum + Number(count), 0);
      });
    assert.equal(await callsOf(() => login(0, RIGHT)), 0);
    assert.equal(await callsOf(() => login(0, "guess")), 1);
    for (let i = 1; i < MAX_FAILURES; i++) await login(0, "guess");
    assert.equal(await login(0, RIGHT), DONE);
    for (let i = 0; i <= MAX_FAILURES; i++) assert.equal(await login(1, "guess"), WRONG);
    assert.equal(await login(1, RIGHT), LOCKED);
  },
);

pairTest("while Redis is away each db_proxy_server counts for itself (P-LOCK)", async (pair) => {
  const { login, place: { engines }, proxies } = pair;
  await engines.killRedis();
  for (const { log } of proxies) await log.logged("Redis pool lost", 4);
  for (const at of [0, 1] as const) {
    for (let i = 0; i <= MAX_FAILURES; i++) assert.equal(await login(at, "guess"), WRONG);
    assert.equal(await login(at, RIGHT), LOCKED);
  }
});
