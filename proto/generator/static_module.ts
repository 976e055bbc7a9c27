/**
 * Runs pbjs, which writes the code that encodes and decodes, and renders the declarations of that
 * code. pbts could write declarations too, but would make required and optional fields look alike.
 */
import type protobuf from "protobufjs";
import { pbjs } from "protobufjs-cli";
import { fullName, PROTO_FILES, type Schema } from "./schema.ts";

/**
 * Only encode and decode, names as in the `.proto` files, an ES module. No minifying: a stack trace
 * should lead to a line one can read.
 */
const PBJS_OPTIONS = [
  ["--target", "static-module", "--wrap", "es6", "--root", "teamtalk"],
  ["--keep-case", "--force-number", "--no-comments", "--lint", ""],
  ["--no-create", "--no-verify", "--no-convert", "--no-delimited", "--no-typeurl", "--no-service"],
].flat();

/**
 * pbjs gives each class a default for every field on its prototype, so that an absent optional string
 * would read as empty. With the prototype of plain objects it reads as undefined, as declared, and a
 * decoded message is deeply equal to a literal with the same fields.
 */
const PLAIN_OBJECTS = `
for (const namespace of Object.values(IM)) {
    for (const type of Object.values(namespace)) {
        if (typeof type === "function") type.prototype = Object.prototype;
    }
}
`;

/** The text of `gen/static.js`. */
export async function renderStaticModule(folder: string): Promise<string> {
  const files = PROTO_FILES.map((file) => `${folder}/${file}`);
  const output = await new Promise<string>((resolve, reject) => {
    pbjs.main([...PBJS_OPTIONS, ...files], (error: Error | null, text?: string) => {
      if (error) reject(error);
      else resolve(text ?? "");
    });
  });
  const header = '/* @ts-self-types="./static.d.ts" */\n';
  return header + output.trim() + "\n" + PLAIN_OBJECTS;
}

/** The text of `gen/static.d.ts`: one {@link StaticMessage} per message, nested like the packages. */
export function renderStaticDeclarations(schema: Schema): string {
  const names = schema.messages.flatMap(({ name }) => [name, `${name}Init`]);
  const packages = Map.groupBy(schema.messages, (message) => fullName(message.parent!));
  return `import type { StaticMessage } from "../codec.ts";
import type {
${names.map((name) => `  ${name},`).join("\n")}
} from "./messages.ts";

export const IM: {
${[...packages].map(([name, messages]) => renderPackage(name, messages)).join("\n")}
};
`;
}

function renderPackage(name: string, messages: readonly protobuf.Type[]): string {
  const rows = messages.map(({ name }) =>
    `    readonly ${name}: StaticMessage<${name}, ${name}Init>;`
  );
  return [`  readonly ${name.replace("IM.", "")}: {`, ...rows, "  };"].join("\n");
}
