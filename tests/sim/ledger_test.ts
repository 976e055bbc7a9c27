/** The ledger finds what must not be: each kind of violation, on a real database. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Ledger, type Terminal } from "./ledger.ts";
import { Observer } from "./observer.ts";
import { makePopulation } from "./population.ts";
import { verifyStored } from "./verify.ts";

const LOGIN = "terminal of user1 1";

interface Stage extends Disposable {
  readonly ledger: Ledger;
  readonly observer: Observer;
  /** Stores a message of user 1 to user 2. */
  store(msgId: number, text: string): void;
}

async function makeStage(): Promise<Stage> {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/data.db`;
  await makePopulation(path);
  const db = new DatabaseSync(path);
  db.exec(`
    INSERT INTO IMRelationShip (id, smallId, bigId, created, updated) VALUES (1, 1, 2, 0, 0)`);
  const insert = db.prepare(`
    INSERT INTO IMMessage (relateId, msgId, fromId, type, status, created, content)
    VALUES (1, ?, 1, 1, 0, 0, ?)`);
  const observer = new Observer(path);
  return {
    ledger: new Ledger(observer, new Map()),
    observer,
    store: (msgId, text) => void insert.run(msgId, new TextEncoder().encode(text)),
    [Symbol.dispose]: () => {
      observer[Symbol.dispose]();
      db.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

function terminalOf(userId: number): Terminal {
  return { userId, lastIds: new Map() };
}

Deno.test("what was stored, acknowledged and delivered once and in order is no violation", async () => {
  using stage = await makeStage();
  const { ledger, observer } = stage;
  const receiver = terminalOf(2);
  for (const msgId of [1, 2]) {
    const said = ledger.say(1, LOGIN, "1-2");
    stage.store(msgId, said.text);
    ledger.wasAcked(said, msgId);
    ledger.wasDelivered(receiver, { conversation: "1-2", msgId, text: said.text });
  }
  verifyStored(ledger, observer);
  assert.deepEqual(ledger.violations, []);
});

Deno.test("an ack of what is not stored is found at once, and as lost in the end", async () => {
  using stage = await makeStage();
  const { ledger, observer } = stage;
  ledger.wasAcked(ledger.say(1, LOGIN, "1-2"), 1);
  verifyStored(ledger, observer);
  assert.deepEqual(ledger.violations, [
    'false ack: "1>1-2#0" as 1, stored is nothing',
    'lost: "1>1-2#0" was acknowledged as 1',
  ]);
});

Deno.test("two messages with one id are found", async () => {
  using stage = await makeStage();
  const { ledger } = stage;
  const [one, other] = [ledger.say(1, LOGIN, "1-2"), ledger.say(1, LOGIN, "1-2")];
  stage.store(1, one.text);
  ledger.wasAcked(one, 1);
  ledger.wasAcked(other, 1);
  assert.deepEqual(ledger.violations, [
    `false ack: "${other.text}" as 1, stored is "${one.text}" of 1`,
    `"${other.text}" and "${one.text}" are both 1`,
  ]);
});

Deno.test("what is delivered twice, too late, to a stranger or without being stored is found", async () => {
  using stage = await makeStage();
  const { ledger } = stage;
  const [first, second, lost] = [1, 2, 3].map(() => ledger.say(1, LOGIN, "1-2"));
  stage.store(1, first!.text);
  stage.store(2, second!.text);
  const receiver = terminalOf(2);
  const deliver = (terminal: Terminal, msgId: number, text: string): void =>
    ledger.wasDelivered(terminal, { conversation: "1-2", msgId, text });
  deliver(receiver, 2, second!.text);
  deliver(receiver, 2, second!.text);
  deliver(receiver, 1, first!.text);
  deliver(terminalOf(3), 1, first!.text);
  deliver(terminalOf(1), 3, lost!.text);
  assert.deepEqual(ledger.violations, [
    `doubled: "${second!.text}" to user 2`,
    `order: user 2 got 1-2 of ${LOGIN} 1 after 2`,
    `user 3 got "${first!.text}" of 1-2`,
    `"${lost!.text}" was delivered as 3, and is not stored so`,
  ]);
});

Deno.test("in the tables a message twice, a gap, a wrong order and a stranger are found", async () => {
  using stage = await makeStage();
  const { ledger, observer } = stage;
  const [first, second] = [ledger.say(1, LOGIN, "1-2"), ledger.say(1, LOGIN, "1-2")];
  stage.store(1, second!.text);
  stage.store(2, first!.text);
  stage.store(3, first!.text);
  stage.store(5, "who?");
  verifyStored(ledger, observer);
  assert.deepEqual(ledger.violations, [
    `order: "${first!.text}" is too late`,
    `doubled: "${first!.text}" is stored twice`,
    "1-2: id 5 in place 4",
    '1-2: "who?" of 1 was not said',
  ]);
});
