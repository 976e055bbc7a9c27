/** The chat of one user: greets, follows events and runs lines until the end. */
import type { Client } from "../mod.ts";
import type { ChatContext } from "./chat_context.ts";
import { ChatState } from "./chat_state.ts";
import { findCommand } from "./commands.ts";
import type { ChatConsole } from "./console.ts";
import { sendLine } from "./conversation.ts";
import { formatName } from "./format.ts";
import { parseInput } from "./input.ts";
import { printRecent } from "./lists.ts";
import { followEvents, followMessages, followReconnects } from "./live.ts";
import { commandProblem } from "./problem.ts";
import { refresh } from "./refresh.ts";
import type { Style } from "./style.ts";
import type { Clock } from "../../clock.ts";

export interface ChatOptions {
  readonly client: Client;
  readonly console: ChatConsole;
  readonly style: Style;
  readonly clock: Clock;
}

/**
 * Runs until the user quits or the client ends, and closes both client and console. Returns the exit
 * code: 1 when the client ended by itself, or when a line from a pipe could not be run.
 */
export async function runChat(options: ChatOptions): Promise<0 | 1> {
  const { client, console, style } = options;
  const chat: ChatContext = { ...options, state: new ChatState(client.userInfo) };
  let hasFailed = false;
  const following = [followMessages(chat), followReconnects(chat)];
  const ended = client.closed.then((reason) => {
    if (reason === QUIT) return;
    hasFailed = true;
    console.printError(style.error(`-- the connection has ended: ${formatName(reason)}`));
    console.close();
  });
  try {
    followEvents(chat);
    await begin(chat);
    for await (const line of console.lines()) {
      const outcome = await runLine(chat, line);
      if (outcome === "quit") break;
      if (outcome === "failed" && !console.isInteractive) hasFailed = true;
    }
  } finally {
    await client.close(QUIT);
    await Promise.all([ended, ...following]);
    console.close();
  }
  return hasFailed ? 1 : 0;
}

const QUIT = "the user has quit";

async function begin(chat: ChatContext): Promise<void> {
  const { state, console, style } = chat;
  try {
    await refresh(chat.client, state);
  } catch (error) {
    report(chat, error);
  }
  const me = state.userName(state.me.user_id);
  console.print(
    `Logged in as ${style.own(me)}; ${state.online.size} online. /help lists commands.`,
  );
  if (state.recent.length > 0) printRecent(chat);
}

type Outcome = "done" | "failed" | "quit";

async function runLine(chat: ChatContext, line: string): Promise<Outcome> {
  const input = parseInput(line);
  try {
    if (input.kind === "nothing") return "done";
    if (input.kind === "text") {
      await sendLine(chat, input.text);
      return "done";
    }
    const outcome = await findCommand(input.name, input.args).run(chat, input.args);
    return outcome === "quit" ? "quit" : "done";
  } catch (error) {
    report(chat, error);
    // A message that was not delivered must not vanish from the screen.
    if (input.kind === "text") {
      chat.console.printError(chat.style.dim(`-- not sent: ${input.text}`));
    }
    return "failed";
  }
}

function report({ console, style }: ChatContext, error: unknown): void {
  const problem = commandProblem(error);
  if (problem === null) throw error;
  console.printError(style.error(`! ${problem}`));
}
