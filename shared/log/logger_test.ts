import assert from "node:assert/strict";
import { collectingLogger } from "./collecting.ts";
import { createLogger, LOG_LEVELS, type LoggerOptions } from "./logger.ts";
import { silentLogger } from "./silent.ts";

const TIME_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function linesOf(
  options: Partial<LoggerOptions>,
  use: (log: ReturnType<typeof createLogger>) => void,
) {
  const lines: string[] = [];
  const clock = { nowMs: () => TIME_MS };
  use(createLogger({ level: "debug", sink: (line) => lines.push(line), clock, ...options }));
  return lines;
}

Deno.test("createLogger() writes time, level, message and fields as text by default", () => {
  const lines = linesOf({}, (log) => {
    log.info("msg listening", { port: 8000 });
    log.error("db lost");
  });
  assert.deepEqual(lines, [
    "2026-01-02T03:04:05.678Z info  msg listening port=8000",
    "2026-01-02T03:04:05.678Z error db lost",
  ]);
});

Deno.test("createLogger() writes one JSON object per line with format json", () => {
  const [line = ""] = linesOf({ format: "json" }, (log) => log.warn("slow", { tookMs: 1.5 }));
  assert.equal(
    line,
    '{"time":"2026-01-02T03:04:05.678Z","level":"warn","message":"slow","tookMs":1.5}',
  );
});

Deno.test("createLogger() writes its level and what is more important, nothing else", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    const lines = linesOf({ level }, (log) => {
      for (const each of LOG_LEVELS) log[each]("x");
      assert.deepEqual(LOG_LEVELS.filter((each) => log.enabled(each)), LOG_LEVELS.slice(index));
      assert.equal(log.child({}).enabled("debug"), level === "debug");
    });
    assert.deepEqual(lines.map((line) => line.split(" ")[1]), LOG_LEVELS.slice(index));
  }
});

Deno.test("createLogger() touches neither fields nor clock for a disabled level", () => {
  const untouchable: Record<string, unknown> = new Proxy({}, {
    ownKeys: () => assert.fail("fields were read"),
  });
  const clock = { nowMs: () => assert.fail("the clock was read") };
  const lines = linesOf({ level: "warn", clock }, (log) => log.info("x", untouchable));
  assert.deepEqual(lines, []);
});

Deno.test("child() adds its fields to every line and lets a line's own field win", () => {
  const [first = "", second = ""] = linesOf({}, (log) => {
    const child = log.child({ role: "msg", connId: 1 }).child({ userId: 7 });
    child.info("a");
    child.info("b", { connId: 2, left: undefined });
  });
  assert.ok(first.endsWith(" a role=msg connId=1 userId=7"), first);
  assert.ok(second.endsWith(" b role=msg connId=2 userId=7"), second);
});

Deno.test("collectingLogger() keeps records of itself and its children from its level up", () => {
  const log = collectingLogger({ level: "info", clock: { nowMs: () => 5 } });
  log.debug("dropped");
  log.child({ role: "msg" }).warn("kept", { connId: 1 });
  assert.deepEqual(log.records, [
    { timeMs: 5, level: "warn", message: "kept", fields: { role: "msg", connId: 1 } },
  ]);
});

Deno.test("silentLogger has every level disabled, in children too", () => {
  const child = silentLogger.child({ a: 1 });
  child.error("nothing happens");
  assert.deepEqual(LOG_LEVELS.filter((level) => child.enabled(level)), []);
});
