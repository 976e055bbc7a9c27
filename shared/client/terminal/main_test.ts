/** The chat as its own process, with lines from a pipe. */
import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  IMLoginRes,
  REFUSE_REASON_DB_VALIDATE_FAILED,
} from "../../../proto/mod.ts";
import { systemClock } from "../../clock.ts";
import { TcpNetwork } from "../../netlib/mod.ts";
import { ScriptedServer } from "../test_support/scripted_server.ts";
import { answerAll } from "./test_support/chat_server.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs the chat against a scripted server, with exactly the permissions that its task gives. */
async function runMain(
  input: string,
  script: (server: ScriptedServer) => void = () => {},
): Promise<Outcome> {
  const network = new TcpNetwork(systemClock);
  await using server = await ScriptedServer.start(network);
  answerAll(server);
  script(server);
  const { host: priorIP, port } = server.address;
  const lookup = await network.serveHttp(
    ANY_PORT,
    () => Response.json({ code: 0, priorIP, port: `${port}` }),
  );
  const outcome = await run(["--server", `http://127.0.0.1:${lookup.address.port}`], input);
  await lookup.stop();
  return outcome;
}

async function run(args: readonly string[], input: string): Promise<Outcome> {
  const main = new URL("main.ts", import.meta.url).pathname;
  const permissions = ["--no-prompt", "--allow-net", "--allow-env=TEAMTALK_PASSWORD"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, main, "--user", "ann", ...args],
    env: { TEAMTALK_PASSWORD: "secret" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A chat that ends before it has read everything breaks the pipe, which is none of our business.
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

Deno.test("the chat runs lines from a pipe, without colours, and ends with 0", async () => {
  const { code, out, errors } = await runMain("/open bob\n/quit\n");
  assert.equal(errors, "");
  assert.equal(code, 0);
  assert.match(out, /^Logged in as ann; 1 online\./);
  assert.match(out, / bob: see you\n/);
  assert.ok(!out.includes("\x1b"));
});

Deno.test("the chat ends with 1 and a reason when the login is refused", async () => {
  const { code, errors } = await runMain(
    "",
    (server) =>
      server.answer(
        CID_LOGIN_REQ_USERLOGIN,
        (call) =>
          call.reply(CID_LOGIN_RES_USERLOGIN, IMLoginRes, {
            server_time: 1,
            result_code: REFUSE_REASON_DB_VALIDATE_FAILED,
            result_string: "no",
          }),
      ),
  );
  assert.equal(code, 1);
  assert.match(errors, /^chat: The login was refused: wrong name or password.* \(no\)\n$/);
});

Deno.test("the chat ends with 1 and a reason when there is no server", async () => {
  const network = new TcpNetwork(systemClock);
  const closed = await network.serveHttp(ANY_PORT, () => new Response());
  await closed.stop();
  const { code, errors } = await run(["-s", `http://127.0.0.1:${closed.address.port}`], "");
  assert.equal(code, 1);
  assert.match(errors, /^chat: The server cannot be reached: .*refused.*\n$/);
});
