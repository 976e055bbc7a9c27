import assert from "node:assert/strict";
import { ConnectionLostError, LoginRefusedError, LookupRefusedError } from "../mod.ts";
import { parseChatArgs, UsageError } from "./args.ts";
import { COMMANDS, findCommand } from "./commands.ts";
import { parseInput } from "./input.ts";
import { readHidden } from "./password.ts";
import { CommandError, commandProblem, loginProblem } from "./problem.ts";
import { MAX_LINE_LENGTH, splitLines } from "./split_lines.ts";

Deno.test("parseInput() tells commands from text", () => {
  assert.deepEqual(parseInput("  "), { kind: "nothing" });
  assert.deepEqual(parseInput(" hello /open "), { kind: "text", text: "hello /open" });
  assert.deepEqual(parseInput("//shrug"), { kind: "text", text: "/shrug" });
  assert.deepEqual(parseInput("/"), { kind: "command", name: "", args: [] });
  assert.deepEqual(parseInput("/OPEN  bob "), { kind: "command", name: "open", args: ["bob"] });
  assert.deepEqual(parseInput('/create "my team" bob "ann lee"'), {
    kind: "command",
    name: "create",
    args: ["my team", "bob", "ann lee"],
  });
  assert.deepEqual(parseInput('/open "no end'), {
    kind: "command",
    name: "open",
    args: ["no end"],
  });
});

Deno.test("findCommand() refuses unknown commands and wrong numbers of arguments", () => {
  assert.equal(findCommand("open", ["bob"]).name, "open");
  assert.throws(() => findCommand("bogus", []), CommandError);
  assert.throws(() => findCommand("open", []), new CommandError("Usage: /open NAME | #GROUP"));
  assert.throws(() => findCommand("me", ["x"]), new CommandError("Usage: /me"));
  assert.throws(() => findCommand("create", ["name"]), CommandError);
  assert.equal(new Set(COMMANDS.map((one) => one.name)).size, COMMANDS.length);
});

Deno.test("parseChatArgs() reads options, with the local server when none is named", () => {
  assert.deepEqual(parseChatArgs(["--user", "ann"]), {
    server: "http://127.0.0.1:8080",
    user: "ann",
    password: null,
    tls: null,
    caFile: null,
  });
  assert.deepEqual(parseChatArgs(["-u", "ann", "-p", "x", "--server=http://a:1"]), {
    server: "http://a:1",
    user: "ann",
    password: "x",
    tls: null,
    caFile: null,
  });
  const secured = ["-u", "ann", "--tls-name", "chat.example", "--ca", "ca.pem"];
  assert.deepEqual(parseChatArgs(secured)?.tls, {
    caFile: "ca.pem",
    serverName: "chat.example",
    certFile: null,
    keyFile: null,
  });
  assert.equal(parseChatArgs(["-u", "ann", "--tls"])?.tls?.serverName, null);
  assert.equal(parseChatArgs(["--help"]), null);
});

Deno.test("parseChatArgs() refuses what it does not understand", () => {
  const bad = [["-u", "a", "--ca", "x"], [], ["--user="], ["--user"], ["--bogus"], ["ann"], [
    "-u",
    "a",
    "-s",
    "localhost:8080",
  ]];
  for (const args of bad) assert.throws(() => parseChatArgs(args), UsageError, args.join(" "));
});

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const encoder = new TextEncoder();
  const bytes = chunks.map((one) => typeof one === "string" ? encoder.encode(one) : one);
  return await Array.fromAsync(splitLines(ReadableStream.from(bytes).getReader()));
}

Deno.test("splitLines() joins chunks, also in the middle of a character", async () => {
  const bytes = new TextEncoder().encode("你好\n");
  assert.deepEqual(await linesOf("one\ntw", "o\r\n\n", bytes.subarray(0, 2), bytes.subarray(2)), [
    "one",
    "two",
    "",
    "你好",
  ]);
  assert.deepEqual(await linesOf("no end"), ["no end"]);
  assert.deepEqual(await linesOf(), []);
});

Deno.test("splitLines() cuts a line without end into pieces", async () => {
  const lines = await linesOf("x".repeat(MAX_LINE_LENGTH + 5));
  assert.deepEqual(lines.map((line) => line.length), [MAX_LINE_LENGTH, 5]);
});

function typing(...chunks: string[]) {
  const bytes = chunks.map((one) => new TextEncoder().encode(one));
  return { read: () => Promise.resolve(bytes.shift() ?? null) };
}

Deno.test("readHidden() reads a line, with backspace and Ctrl-U", async () => {
  assert.equal(await readHidden(typing("secret\r")), "secret");
  assert.equal(await readHidden(typing("s", "ex\x7f", "cret", "\n")), "secret");
  assert.equal(await readHidden(typing("wrong\x15pä\x7fass\r")), "pass");
  assert.equal(await readHidden(typing("\x7f\r")), "");
});

Deno.test("readHidden() gives up at Ctrl-C, Ctrl-D and the end of input", async () => {
  for (const end of ["\x03", "\x04", ""]) assert.equal(await readHidden(typing(`abc${end}`)), null);
});

Deno.test("loginProblem() and commandProblem() know what is no bug", () => {
  assert.equal(
    loginProblem(new LoginRefusedError(6, "用户名/密码错误\x1b")),
    "The login was refused: wrong name or password, or too many failures before (用户名/密码错误␛)",
  );
  assert.match(loginProblem(new LookupRefusedError("no_msg_server")) ?? "", /none is running/);
  assert.match(
    loginProblem(new ConnectionLostError("refused")) ?? "",
    /cannot be reached: refused/,
  );
  assert.equal(loginProblem(new TypeError("bug")), null);
  assert.equal(commandProblem(new TypeError("bug")), null);
});
