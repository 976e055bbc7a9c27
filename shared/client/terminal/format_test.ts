import assert from "node:assert/strict";
import {
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/mod.ts";
import {
  displayWidth,
  firstLine,
  formatBody,
  formatMessage,
  formatText,
  formatTime,
} from "./format.ts";
import { COLORED, PLAIN } from "./style.ts";
import { formatRows, MAX_ROWS } from "./table.ts";
import { encoded } from "./test_support/chat_server.ts";

/** Local time, as the functions under test use it. */
function sec(...parts: [number, number, number, number, number]): number {
  return new Date(...parts).getTime() / 1000;
}

Deno.test("formatTime() shows as much of the date as is needed", () => {
  const now = new Date(2026, 10, 20, 18, 0).getTime();
  assert.equal(formatTime(sec(2026, 10, 20, 9, 5), now), "09:05");
  assert.equal(formatTime(sec(2026, 10, 2, 9, 5), now), "Nov 02 09:05");
  assert.equal(formatTime(sec(2026, 0, 20, 9, 5), now), "Jan 20 09:05");
  assert.equal(formatTime(sec(2025, 10, 20, 9, 5), now), "2025-11-20 09:05");
});

Deno.test("formatMessage() names conversations that are not open and indents further lines", () => {
  const message = { time: "12:30", author: "ann", body: "one\ntwo" };
  assert.equal(formatMessage(message, PLAIN, false), "12:30 ann: one\n      | two");
  assert.equal(
    formatMessage({ ...message, elsewhere: "#team" }, PLAIN, false),
    "12:30 [#team] ann: one\n      | two",
  );
  assert.equal(
    formatMessage({ ...message, body: "hi" }, COLORED, true),
    "\x1b[2m12:30\x1b[22m \x1b[32mann\x1b[39m: hi",
  );
});

Deno.test("formatBody() describes sounds and what cannot be read", () => {
  const sound = Uint8Array.of(0, 0, 0, 5, 1, 2);
  assert.equal(formatBody({ msg_type: MSG_TYPE_SINGLE_AUDIO, msg_data: sound }), "[audio, 5 s]");
  const short = Uint8Array.of(1);
  assert.equal(formatBody({ msg_type: MSG_TYPE_GROUP_AUDIO, msg_data: short }), "[audio]");
  const text = (msg_data: Uint8Array) => formatBody({ msg_type: MSG_TYPE_SINGLE_TEXT, msg_data });
  assert.equal(text(encoded("hi \x1b[2J")), "hi ␛[2J");
  assert.equal(text(short), "[unreadable message]");
});

Deno.test("formatText() shows pictures by their address", () => {
  assert.equal(
    formatText("look &$#@~^@[{:http://a/1.png:}]&$~@#@ and &$#@~^@[{:http://a/2.png:}]&$~@#@!"),
    "look [picture http://a/1.png] and [picture http://a/2.png]!",
  );
  assert.equal(formatText("&$#@~^@[{:no end"), "&$#@~^@[{:no end");
});

Deno.test("firstLine() cuts by columns, not in the middle of a character", () => {
  assert.equal(firstLine("short\nsecond", 10), "short");
  assert.equal(firstLine("你好你好", 5), "你好…");
  assert.equal(firstLine("👍👍👍", 4), "👍👍…");
});

Deno.test("displayWidth() counts wide characters twice", () => {
  for (const [text, width] of [["abc", 3], ["你好", 4], ["ａ", 2], ["👍", 2], ["é", 1]] as const) {
    assert.equal(displayWidth(text), width, text);
  }
});

Deno.test("formatRows() aligns cells by what is seen of them", () => {
  const rows = [[COLORED.name("你好"), "x"], ["abcdef", ""], ["a", "y"]];
  assert.equal(formatRows(rows, PLAIN), "   \x1b[36m你好\x1b[39m    x\n   abcdef\n   a       y");
});

Deno.test("formatRows() shows a limited number of rows and counts the others", () => {
  const rows = Array.from({ length: MAX_ROWS + 3 }, (_, index) => [`${index}`]);
  const lines = formatRows(rows, PLAIN).split("\n");
  assert.equal(lines.length, MAX_ROWS + 1);
  assert.equal(lines.at(-1), "-- and 3 more");
});
