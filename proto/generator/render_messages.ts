/**
 * Renders `gen/messages.ts`. Each message becomes an interface for what decode returns, an `Init` type
 * for what encode accepts, a function that finds a missing required field, and a codec.
 */
import protobuf from "protobufjs";
import { fullName, referredType, type Schema } from "./schema.ts";

/** `decoded` is what decode returns, `init` what encode accepts. */
type Side = "decoded" | "init";

export function renderMessages(schema: Schema): string {
  const enumNames = schema.enums.map(({ name }) => name)
    .filter((name) => schema.messages.some((message) => usesEnum(message, name)));
  const codecs = schema.messages.map(({ name }) => `  [${name}.name, ${name}],`);
  return `import { type AnyCodec, type Codec, createCodec } from "../codec.ts";
import type { ${enumNames.join(", ")} } from "./ids.ts";
import { IM } from "./static.js";

${schema.messages.map(renderMessage).join("\n")}
/** Every codec by the full name of its message, for tools and tests that work on any message. */
export const MESSAGES: ReadonlyMap<string, AnyCodec> = new Map<string, AnyCodec>([
${codecs.join("\n")}
]);
`;
}

function renderMessage(message: protobuf.Type): string {
  const { name } = message;
  return [
    `/** ${fullName(message)}${message.comment ? `: ${message.comment}` : ""} */`,
    renderInterface(message, name, "decoded"),
    `/** What {@link ${name}}.encode accepts. */`,
    needsInit(message)
      ? renderInterface(message, `${name}Init`, "init")
      : `export type ${name}Init = ${name};`,
    renderMissing(message),
    `export const ${name}: Codec<${name}, ${name}Init> = createCodec(`,
    `  "${fullName(message)}",`,
    `  ${fullName(message)},`,
    `  missingIn${name},`,
    ");\n",
  ].join("\n");
}

function renderInterface(message: protobuf.Type, name: string, side: Side): string {
  const lines = message.fieldsArray.flatMap((field) => {
    const comment = field.comment ? [`  /** ${field.comment} */`] : [];
    return [...comment, `  ${renderField(field, side)}`];
  });
  return lines.length === 0
    ? `export type ${name} = Record<never, never>;`
    : [`export interface ${name} {`, ...lines, "}"].join("\n");
}

function renderField(field: protobuf.Field, side: Side): string {
  const type = typeOf(field, side);
  if (side === "decoded") {
    if (field.repeated) return `${field.name}: ${type}[];`;
    return `${field.name}${field.required ? "" : "?"}: ${type};`;
  }
  if (field.repeated) return `readonly ${field.name}?: readonly ${type}[] | undefined;`;
  if (field.required) return `readonly ${field.name}: ${type};`;
  return `readonly ${field.name}?: ${type} | undefined;`;
}

function typeOf(field: protobuf.Field, side: Side): string {
  const referred = referredType(field);
  if (referred instanceof protobuf.Type) return referred.name + (side === "init" ? "Init" : "");
  if (referred) return referred.name;
  const scalars: Record<string, string> = {
    uint32: "number",
    string: "string",
    bytes: "Uint8Array",
  };
  const scalar = scalars[field.type];
  if (scalar === undefined) throw new Error(`${field.fullName}: no type for ${field.type}`);
  return scalar;
}

/** A message without optional and repeated fields is accepted exactly as it is decoded. */
function needsInit(message: protobuf.Type): boolean {
  return message.fieldsArray.some((field) => {
    const referred = referredType(field);
    return !field.required || (referred instanceof protobuf.Type && needsInit(referred));
  });
}

function renderMissing(message: protobuf.Type): string {
  const checks = message.fieldsArray.flatMap(renderCheck);
  const parameter = checks.length === 0 ? "" : `message: ${message.name}Init`;
  return [
    `function missingIn${message.name}(${parameter}): string | null {`,
    ...checks.map((line) => `  ${line}`),
    "  return null;",
    "}",
  ].join("\n");
}

/** Statements that return a field's name when it, or something below it, is missing. */
function renderCheck(field: protobuf.Field): string[] {
  const { name } = field;
  const referred = referredType(field);
  const checks = field.required ? [`if (message.${name} == null) return "${name}";`] : [];
  if (!(referred instanceof protobuf.Type)) return checks;
  const below = [
    `const missing = missingIn${referred.name}(${field.repeated ? "item" : `message.${name}`});`,
    `if (missing !== null) return "${name}." + missing;`,
  ].map((line) => `  ${line}`);
  if (field.repeated) return [`for (const item of message.${name} ?? []) {`, ...below, "}"];
  return [...checks, `if (message.${name} != null) {`, ...below, "}"];
}

function usesEnum(message: protobuf.Type, name: string): boolean {
  return message.fieldsArray.some((field) => {
    const referred = referredType(field);
    return referred instanceof protobuf.Enum && referred.name === name;
  });
}
