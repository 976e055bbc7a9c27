/**
 * What the generator knows: the `.proto` files as protobufjs reflection, the commands that their
 * comments declare, and a few questions the renderers ask about types and fields.
 *
 * A message that travels as a PDU body carries a comment of the form
 * `0x0103 CID_LOGIN_REQ_USERLOGIN, C→M. The first PDU of a client connection.`; it is the only place
 * that ties a command id to its message, and its hops decide who may send the command.
 */
import protobuf from "protobufjs";

/** Where a command is seen: docs/spec/wire.md 5. */
export type Scope = "client" | "both" | "internal";

export interface Command {
  readonly id: number;
  readonly name: string;
  /** The body's type with its package, for example `IM.Login.IMLoginReq`. */
  readonly message: string;
  readonly scope: Scope;
  /** Every hop list of the comment as written, for example `C→M→D, D→M`. */
  readonly hops: string;
}

export interface Schema {
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly commands: readonly Command[];
}

/** File names, in the order in which everything generated from them appears. */
export const PROTO_FILES = [
  "IM.BaseDefine.proto",
  "IM.Login.proto",
  "IM.Buddy.proto",
  "IM.Message.proto",
  "IM.Group.proto",
  "IM.File.proto",
  "IM.SwitchService.proto",
  "IM.Other.proto",
  "IM.Server.proto",
  "IM.Internal.proto",
] as const;

const COMMAND_COMMENT = /^0x([0-9a-f]{4}) (CID_\w+), ([CLMRDFHP→↔, ]+)\./;

/** Reads the `.proto` files in `folder` and checks that ids, names and comments fit together. */
export function loadSchema(folder: string): Schema {
  const root = new protobuf.Root();
  for (const file of PROTO_FILES) {
    const source = Deno.readTextFileSync(`${folder}/${file}`);
    protobuf.parse(source, root, { keepCase: true, alternateCommentMode: true });
  }
  root.resolveAll();
  const messages: protobuf.Type[] = [];
  const enums: protobuf.Enum[] = [];
  collect(root, messages, enums);
  assertUniqueNames([...messages, ...enums]);
  return { messages, enums, commands: commandsOf(messages, enums) };
}

/** `IM.Login.IMLoginReq` rather than protobufjs' `.IM.Login.IMLoginReq`. */
export function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

/** The message or enum a field refers to, or null for a scalar. */
export function referredType(field: protobuf.Field): protobuf.Type | protobuf.Enum | null {
  return field.resolve().resolvedType;
}

function collect(
  namespace: protobuf.NamespaceBase,
  messages: protobuf.Type[],
  enums: protobuf.Enum[],
): void {
  for (const object of namespace.nestedArray) {
    if (object instanceof protobuf.Type) messages.push(object);
    else if (object instanceof protobuf.Enum) enums.push(object);
    else if (object instanceof protobuf.Namespace) collect(object, messages, enums);
  }
}

/** Generated code drops the packages, so a name may exist only once in all of them. */
function assertUniqueNames(objects: readonly protobuf.ReflectionObject[]): void {
  const seen = new Set<string>();
  for (const { name } of objects) {
    if (seen.has(name)) throw new Error(`Two types are named ${name}`);
    seen.add(name);
  }
}

function commandsOf(
  messages: readonly protobuf.Type[],
  enums: readonly protobuf.Enum[],
): Command[] {
  const unclaimed = new Map<string, number>();
  for (const { values } of enums) {
    for (const [name, id] of Object.entries(values)) {
      if (name.startsWith("CID_")) unclaimed.set(name, id);
    }
  }
  const commands: Command[] = [];
  for (const message of messages) {
    const [, hexId = "", name = "", hops = ""] = COMMAND_COMMENT.exec(message.comment ?? "") ?? [];
    if (name === "") continue;
    const id = parseInt(hexId, 16);
    if (unclaimed.get(name) !== id) {
      throw new Error(`${fullName(message)}: no command id 0x${hexId} ${name} is left`);
    }
    unclaimed.delete(name);
    commands.push({ id, name, message: fullName(message), scope: scopeOf(hops), hops });
  }
  if (unclaimed.size > 0) throw new Error(`No message for ${[...unclaimed.keys()].join(", ")}`);
  return commands.sort((a, b) => a.id - b.id);
}

/** "client" when each hop has a client at one end, "internal" when none has, else "both". */
function scopeOf(hops: string): Scope {
  const links = hops.split(", ").flatMap((path) => {
    const roles = path.split(/[→↔]/);
    return roles.slice(1).map((role, index) => `${roles[index]}${role}`);
  });
  const withClient = links.filter((link) => link.includes("C"));
  if (withClient.length === links.length) return "client";
  return withClient.length === 0 ? "internal" : "both";
}
