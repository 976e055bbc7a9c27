/** Renders `gen/ids.ts`: every enum value as a constant, each enum as a type, the table of commands. */
import type protobuf from "protobufjs";
import type { Command, Schema } from "./schema.ts";

export function renderIds(schema: Schema): string {
  const commands = new Map(schema.commands.map((command) => [command.name, command]));
  return `${schema.enums.map((type) => renderEnum(type, commands)).join("\n")}
/** One command: docs/spec/wire.md 5. */
export interface CommandInfo {
  readonly id: number;
  readonly name: string;
  /** The type of the body with its package, a key of \`MESSAGES\`. */
  readonly message: string;
  /** "client": on client sockets only. "internal": between servers only. "both": on both. */
  readonly scope: "client" | "both" | "internal";
  /** The ways it travels. C client, L login, M msg, R route, D db_proxy, F file, H http_msg, P push. */
  readonly hops: string;
}

/** Every command by its id, in ascending order. */
export const COMMANDS: ReadonlyMap<number, CommandInfo> = new Map<number, CommandInfo>([
${schema.commands.map(renderCommand).join("\n")}
]);
`;
}

function renderEnum(type: protobuf.Enum, commands: ReadonlyMap<string, Command>): string {
  const names = Object.keys(type.values);
  const constants = Object.entries(type.values).flatMap(([name, value]) => {
    const command = commands.get(name);
    const comment = command ? [`/** Body: \`${command.message}\`. Hops: ${command.hops}. */`] : [];
    // `as const` keeps the number's type where it is put into an array or object.
    return [...comment, `export const ${name} = ${literal(type, value)} as const;`];
  });
  return [
    `/** ${type.comment} */`,
    `export type ${type.name} =`,
    names.map((name) => `  | typeof ${name}`).join("\n") + ";",
    ...constants,
    "",
  ].join("\n");
}

/** Numbers as the `.proto` files and docs/spec/wire.md write them, so that one search finds them all. */
function literal(type: protobuf.Enum, value: number): string {
  if (type.name === "ServiceID" || type.name.endsWith("CmdID")) return hex(value, 4);
  if (type.name === "MsgType" || type.name === "ClientType") return hex(value, 2);
  return String(value);
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function renderCommand({ id, name, message, scope, hops }: Command): string {
  return `  [${name}, { id: ${hex(id, 4)}, name: "${name}", message: "${message}",` +
    ` scope: "${scope}", hops: "${hops}" }],`;
}
