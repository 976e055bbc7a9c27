import assert from "node:assert/strict";
import { collectingLogger } from "../log/mod.ts";
import { buildFrame, FieldError } from "../pdu/mod.ts";
import { IMUserCntUpdate, IMUserStatNotify, ProtocolError } from "../../proto/mod.ts";
import {
  type Auth,
  type Caller,
  command,
  type CommandDefinition,
  Dispatcher,
  relayCommand,
} from "./mod.ts";

class TestCaller implements Caller {
  auth: Auth = "user";
  readonly replies: string[] = [];
  reply(frame: Uint8Array): void {
    this.replies.push(new Uint8Array(frame).toHex());
  }
}

type Definition = CommandDefinition<TestCaller, IMUserCntUpdate, IMUserCntUpdate>;

const REQUEST = IMUserCntUpdate.encode({ user_action: 1, user_id: 7 });
const FAILURE = { user_action: 1, user_id: 0 };

/** One command 0x070b whose answer is 0x070c, the request unless `handle` says otherwise. */
function setUp(changes: Partial<Definition> = {}) {
  const handled: IMUserCntUpdate[] = [];
  const log = collectingLogger();
  const dispatcher = new Dispatcher<TestCaller>([
    command<TestCaller, IMUserCntUpdate, IMUserCntUpdate>({
      id: 0x070b,
      auth: "user",
      request: IMUserCntUpdate,
      reply: { id: 0x070c, codec: IMUserCntUpdate },
      handle: (_call, request) => {
        handled.push(request);
        return request;
      },
      ...changes,
    }),
  ], log);
  const caller = new TestCaller();
  const run = (body = REQUEST, id = 0x070b) => dispatcher.dispatch(caller, buildFrame(id, 5, body));
  const errors = () => log.records.filter(({ level }) => level === "error");
  return { handled, log, dispatcher, caller, run, errors };
}

function answer(message: IMUserCntUpdate): string {
  return new Uint8Array(buildFrame(0x070c, 5, IMUserCntUpdate.encode(message))).toHex();
}

Deno.test("Dispatcher runs a synchronous handler without a promise and answers with its seq", () => {
  const { run, handled, caller } = setUp();
  assert.equal(run(), "done");
  assert.deepEqual(handled.map(({ user_id }) => user_id), [7]);
  assert.deepEqual(caller.replies, [answer({ user_action: 1, user_id: 7 })]);
});

Deno.test("Dispatcher answers an asynchronous handler when it is done", async () => {
  const held = Promise.withResolvers<IMUserCntUpdate>();
  const { run, caller } = setUp({ handle: () => held.promise });
  const outcome = run();
  assert.ok(outcome instanceof Promise);
  assert.deepEqual(caller.replies, []);
  held.resolve({ user_action: 1, user_id: 8 });
  assert.equal(await outcome, "done");
  assert.deepEqual(caller.replies, [answer({ user_action: 1, user_id: 8 })]);
});

Deno.test("Dispatcher sends nothing for a null response or a one-way notice", async () => {
  for (const changes of [{ handle: () => null }, { reply: null }]) {
    const { run, caller } = setUp(changes);
    assert.equal(await run(), "done");
    assert.deepEqual(caller.replies, []);
  }
});

for (const id of [0, 0x070a, 0x0b07, 0xffff]) {
  Deno.test(`Dispatcher refuses the unknown command 0x${id.toString(16)}`, () => {
    const { run, handled, caller } = setUp();
    assert.equal(run(REQUEST, id), "unknown");
    assert.deepEqual([handled, caller.replies], [[], []]);
  });
}

const rights: readonly (readonly [Auth, Auth, boolean])[] = [
  ["none", "none", true],
  ["none", "user", true],
  ["none", "peer", true],
  ["user", "none", false],
  ["user", "user", true],
  ["user", "peer", false],
  ["peer", "none", false],
  ["peer", "user", false],
  ["peer", "peer", true],
];

for (const [needed, caller, isAllowed] of rights) {
  const verb = isAllowed ? "lets" : "does not let";
  Deno.test(`Dispatcher ${verb} a caller with rights '${caller}' use a command for '${needed}'`, () => {
    const given = setUp({ auth: needed });
    given.caller.auth = caller;
    assert.equal(given.run(), isAllowed ? "done" : "unauthorised");
    assert.equal(given.handled.length, isAllowed ? 1 : 0);
  });
}

Deno.test("Dispatcher does not decode for a caller without rights", () => {
  const { run, caller } = setUp({
    request: { name: "none", decode: () => assert.fail("decoded") },
  });
  caller.auth = "none";
  assert.equal(run(), "unauthorised");
});

Deno.test("Dispatcher keeps a malformed body from the handler", () => {
  const { run, handled, caller, errors } = setUp();
  const other = IMUserStatNotify.encode({ user_stat: { user_id: 1, status: 1 } });
  for (const body of [REQUEST.subarray(0, 3), new Uint8Array(0), Uint8Array.of(0xff), other]) {
    assert.equal(run(body), "malformed");
  }
  assert.deepEqual([handled, caller.replies, errors()], [[], [], []]);
});

for (const error of [new ProtocolError("nested"), new FieldError("nested")]) {
  Deno.test(`Dispatcher takes a ${error.name} of a handler for a malformed body`, async () => {
    const onFailure = () => assert.fail("no failure answer for a malformed body");
    for (
      const handle of [() => {
        throw error;
      }, () => Promise.reject(error)]
    ) {
      const { run, caller, errors } = setUp({ handle, onFailure });
      assert.equal(await run(), "malformed");
      assert.deepEqual([caller.replies, errors()], [[], []]);
    }
  });
}

Deno.test("Dispatcher throws what a synchronous handler throws", () => {
  const bug = new Error("our bug");
  const { run } = setUp({
    handle: () => {
      throw bug;
    },
  });
  assert.throws(() => run(), bug);
});

Deno.test("Dispatcher logs the failure of an asynchronous handler and does not reject", async () => {
  const bug = new Error("database gone");
  const { run, caller, errors } = setUp({ handle: () => Promise.reject(bug) });
  assert.equal(await run(), "done");
  assert.deepEqual(caller.replies, []);
  assert.equal(errors().length, 1);
  assert.equal(errors()[0]!.fields.error, bug);
});

Deno.test("Dispatcher sends the failure answer, whether the handler threw or rejected", async () => {
  const bug = new Error("database gone");
  for (
    const handle of [() => {
      throw bug;
    }, () => Promise.reject(bug)]
  ) {
    const { run, caller, errors } = setUp({ handle, onFailure: () => FAILURE });
    assert.equal(await run(), "done");
    assert.deepEqual(caller.replies, [answer(FAILURE)]);
    assert.equal(errors()[0]!.fields.error, bug);
  }
});

Deno.test("Dispatcher logs a failure answer that fails itself", async () => {
  const { run, caller, errors } = setUp({
    handle: () => Promise.reject(new Error("first")),
    onFailure: () => {
      throw new Error("second");
    },
  });
  assert.equal(await run(), "done");
  assert.deepEqual([caller.replies.length, errors().length], [0, 1]);
});

Deno.test("Dispatcher never logs the content of a PDU", async () => {
  const { run, log } = setUp({ handle: () => Promise.reject(new Error("gone")) });
  await run();
  await run(REQUEST, 0x0999);
  assert.deepEqual(log.records.map(({ fields }) => fields.pdu), [
    "0x070b seq 5 20 bytes",
    "0x0999 seq 5 20 bytes",
  ]);
});

Deno.test("Dispatcher refuses a table with one id twice", () => {
  const relay = relayCommand<TestCaller>({ id: 0x0601, auth: "user", handle: () => {} });
  assert.throws(() => new Dispatcher([relay, relay], collectingLogger()), /id 0x601/);
});

Deno.test("relayCommand() hands over the frame as it came", () => {
  const frames: Uint8Array[] = [];
  const relay = relayCommand<TestCaller>({
    id: 0x0601,
    auth: "user",
    handle: (call) => void frames.push(call.frame),
  });
  const frame = buildFrame(0x0601, 3, Uint8Array.of(0xff));
  assert.equal(
    new Dispatcher([relay], collectingLogger()).dispatch(new TestCaller(), frame),
    "done",
  );
  assert.equal(frames[0], frame);
  assert.deepEqual([relay.request, relay.answer], [null, null]);
});
