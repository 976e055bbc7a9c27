/**
 * `deno task chat`: process wiring of the terminal client.
 *
 * Permissions: --allow-net --allow-env=TEAMTALK_PASSWORD, and --allow-read for --ca.
 */
import { CLIENT_TYPE_MAC, CLIENT_TYPE_WINDOWS } from "../../../proto/mod.ts";
import { systemClock } from "../../clock.ts";
import { TcpNetwork } from "../../netlib/mod.ts";
import { connectClient, lookupOverHttp } from "../mod.ts";
import { type ChatArgs, parseChatArgs, PASSWORD_VARIABLE, USAGE, UsageError } from "./args.ts";
import { runChat } from "./chat.ts";
import type { ChatConsole } from "./console.ts";
import { readHidden } from "./password.ts";
import { PipeConsole } from "./pipe_console.ts";
import { loginProblem } from "./problem.ts";
import { COLORED, PLAIN } from "./style.ts";
import { TtyConsole } from "./tty_console.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<number> {
  let args: ChatArgs | null;
  try {
    args = parseChatArgs(Deno.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    writeError(`chat: ${error.message}\n\n${USAGE}\n`);
    return EXIT_USAGE;
  }
  if (args === null) {
    write(`${USAGE}\n`);
    return 0;
  }
  const password = args.password ?? Deno.env.get(PASSWORD_VARIABLE) ?? await askPassword(args.user);
  if (password === null) {
    writeError(`chat: no password: use --password or ${PASSWORD_VARIABLE}\n`);
    return EXIT_USAGE;
  }
  return await logInAndRun(args, password);
}

async function logInAndRun(args: ChatArgs, password: string): Promise<number> {
  const { server, user, tls, caFile } = args;
  let client;
  try {
    const caCerts = caFile === null ? null : [Deno.readTextFileSync(caFile)];
    const http = caCerts && Deno.createHttpClient({ caCerts });
    client = await connectClient({
      network: new TcpNetwork(systemClock),
      clock: systemClock,
      server: (signal) =>
        lookupOverHttp(server, {
          signal,
          ...(http === null ? {} : { fetch: (url, init) => fetch(url, { ...init, client: http }) }),
        }),
      ...(tls === null ? {} : { tls }),
      userName: user,
      password,
      clientType: Deno.build.os === "darwin" ? CLIENT_TYPE_MAC : CLIENT_TYPE_WINDOWS,
      clientVersion: "teamtalk-deno chat",
      reconnect: true,
    });
  } catch (error) {
    const problem = error instanceof Deno.errors.NotFound
      ? `--ca=${caFile}: there is no such file`
      : loginProblem(error);
    if (problem === null) throw error;
    writeError(`chat: ${problem}\n`);
    return EXIT_FAILED;
  }
  const isColored = Deno.stdout.isTerminal() && !Deno.noColor;
  return await runChat({
    client,
    console: openConsole(),
    style: isColored ? COLORED : PLAIN,
    clock: systemClock,
  });
}

/** Line editing needs a terminal on both sides. */
function openConsole(): ChatConsole {
  if (Deno.stdin.isTerminal() && Deno.stdout.isTerminal()) return new TtyConsole();
  return new PipeConsole({ input: Deno.stdin.readable, write, writeError });
}

async function askPassword(user: string): Promise<string | null> {
  if (!Deno.stdin.isTerminal()) return null;
  writeError(`Password of ${user}: `);
  Deno.stdin.setRaw(true);
  try {
    const buffer = new Uint8Array(256);
    return await readHidden({
      async read() {
        const length = await Deno.stdin.read(buffer);
        return length === null ? null : buffer.subarray(0, length);
      },
    });
  } finally {
    Deno.stdin.setRaw(false);
    writeError("\n");
  }
}

function write(text: string): void {
  writeAll(Deno.stdout, text);
}

function writeError(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  let written = 0;
  while (written < bytes.length) written += stream.writeSync(bytes.subarray(written));
}

if (import.meta.main) Deno.exit(await main());
