/** The table of commands; `/help` prints it. */
import type { ChatContext } from "./chat_context.ts";
import { openConversation, showHistory } from "./conversation.ts";
import { findSession } from "./find.ts";
import { createGroup, invite } from "./group_actions.ts";
import {
  printGroups,
  printMe,
  printMembers,
  printRecent,
  printUnread,
  printUsers,
} from "./lists.ts";
import { CommandError } from "./problem.ts";
import { formatRows } from "./table.ts";

type Args = readonly string[];

export interface ChatCommand {
  readonly name: string;
  /** Its arguments, as shown by `/help`. */
  readonly usage: string;
  readonly help: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly run: (chat: ChatContext, args: Args) => void | "quit" | Promise<void>;
}

const HISTORY_COUNT = 20;
const MAX_HISTORY_COUNT = 500;

export const COMMANDS: readonly ChatCommand[] = [
  {
    name: "users",
    usage: "[text]",
    help: "contacts, those online first",
    minArgs: 0,
    maxArgs: 1,
    run: (chat, [text = ""]) => printUsers(chat, text),
  },
  {
    name: "groups",
    usage: "",
    help: "your groups",
    minArgs: 0,
    maxArgs: 0,
    run: printGroups,
  },
  {
    name: "recent",
    usage: "",
    help: "recent conversations",
    minArgs: 0,
    maxArgs: 0,
    run: (chat) => recent(chat),
  },
  {
    name: "open",
    usage: "NAME | #GROUP",
    help: "talk to a user or in a group; what you type is sent there",
    minArgs: 1,
    maxArgs: 1,
    run: (chat, [name]) => openConversation(chat, findSession(chat.state, name!)),
  },
  {
    name: "history",
    usage: "[n]",
    help: `the latest n messages, ${HISTORY_COUNT} when absent`,
    minArgs: 0,
    maxArgs: 1,
    run: (chat, [count]) => showHistory(chat, historyCount(count)),
  },
  {
    name: "unread",
    usage: "",
    help: "conversations with unread messages",
    minArgs: 0,
    maxArgs: 0,
    run: printUnread,
  },
  {
    name: "members",
    usage: "",
    help: "members of the open group",
    minArgs: 0,
    maxArgs: 0,
    run: printMembers,
  },
  {
    name: "create",
    usage: "NAME user…",
    help: "make a group with these users",
    minArgs: 2,
    maxArgs: Infinity,
    run: (chat, [name, ...users]) => createGroup(chat, name!, users),
  },
  {
    name: "invite",
    usage: "user…",
    help: "add users to the open group",
    minArgs: 1,
    maxArgs: Infinity,
    run: invite,
  },
  { name: "me", usage: "", help: "who you are", minArgs: 0, maxArgs: 0, run: printMe },
  { name: "help", usage: "", help: "this list", minArgs: 0, maxArgs: 0, run: printHelp },
  { name: "quit", usage: "", help: "leave", minArgs: 0, maxArgs: 0, run: () => "quit" },
];

/** @throws {CommandError} when there is no such command, or with the wrong number of arguments */
export function findCommand(name: string, args: Args): ChatCommand {
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new CommandError(`There is no /${name}; /help lists commands`);
  if (args.length < command.minArgs || args.length > command.maxArgs) {
    throw new CommandError(`Usage: ${usageOf(command)}`);
  }
  return command;
}

function usageOf({ name, usage }: ChatCommand): string {
  return `/${name} ${usage}`.trimEnd();
}

function printHelp({ console, style }: ChatContext): void {
  const rows = COMMANDS.map((one) => [style.bold(usageOf(one)), one.help]);
  console.print(formatRows(rows, style));
  console.print(
    style.dim('   "Names with spaces" take quotes; //text sends a text with one slash.'),
  );
}

async function recent(chat: ChatContext): Promise<void> {
  chat.state.recent = (await chat.client.recentSessions()).contact_session_list;
  printRecent(chat);
}

function historyCount(typed: string | undefined): number {
  const count = typed === undefined ? HISTORY_COUNT : Number(typed);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_HISTORY_COUNT) return count;
  throw new CommandError(`/history takes a number from 1 to ${MAX_HISTORY_COUNT}`);
}
