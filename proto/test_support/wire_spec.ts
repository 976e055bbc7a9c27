/**
 * Reads the tables of docs/spec/wire.md, and of docs/internal.md which continues it, so that tests
 * compare the code with the documents themselves.
 */

export interface SpecCommand {
  readonly id: number;
  readonly name: string;
  readonly body: string;
  readonly directions: string;
  readonly scope: string;
}

export interface SpecField {
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly name: string;
}

const texts = ["spec/wire.md", "internal.md"].map((name) =>
  Deno.readTextFileSync(`${import.meta.dirname}/../../docs/${name}`)
);

/** Chapter 4: service id by name. */
export function specServices(): Record<string, number> {
  return Object.fromEntries(
    rows(chapter(4)).map(([name = "", id]) => [bare(name), Number(bare(id))]),
  );
}

/** Chapter 5: commands by the name of their enum. */
export function specCommands(): Map<string, SpecCommand[]> {
  return new Map(sections(chapter(5)).map(({ title, body }) => [title, rows(body).map(command)]));
}

/** Chapter 6: enum name to its members. */
export function specEnums(): Map<string, Record<string, number>> {
  return new Map(
    rows(chapter(6)).map(([name = "", members = ""]) => {
      const pairs = [...members.matchAll(/(0x\w+|\d+) `(\w+)`/g)];
      return [
        bare(name),
        Object.fromEntries(pairs.map(([, value, member]) => [member, Number(value)])),
      ];
    }),
  );
}

/** Chapter 7: full message name to its fields. */
export function specMessages(): Map<string, SpecField[]> {
  const messages = new Map<string, SpecField[]>();
  for (const { title, body } of sections(chapter(7))) {
    const packageName = /`(.+)`/.exec(title)?.[1];
    let fields: SpecField[] = [];
    for (const [message = "", number, label = "", type = "", name] of rows(body)) {
      const messageName = /\*\*(\w+)\*\*/.exec(message)?.[1];
      if (messageName) messages.set(`${packageName}.${messageName}`, fields = []);
      if (number !== "–") fields.push({ number: Number(number), label, type, name: bare(name) });
    }
  }
  return messages;
}

/** Chapter 11: what a frame is, and its bytes. */
export function specFrames(): { what: string; frame: Uint8Array }[] {
  return rows(chapter(11))
    .filter(([, hex = ""]) => /^`[0-9a-f ]+`$/.test(hex))
    .map(([what = "", hex]) => ({
      what,
      frame: Uint8Array.fromHex(bare(hex).replaceAll(" ", "")),
    }));
}

function chapter(number: number): string {
  const parts = texts.flatMap((text) => text.split(/^## /m));
  const found = parts.filter((part) => part.startsWith(`${number}. `));
  if (found.length === 0) throw new Error(`docs/spec/wire.md has no chapter ${number}`);
  return found.join("\n");
}

/** The parts below `### 5.1 LoginCmdID` and the like. */
function sections(chapterText: string): { title: string; body: string }[] {
  return chapterText.split(/^### /m).slice(1).map((part) => {
    const end = part.indexOf("\n");
    return { title: part.slice(0, end).replace(/^[\d.]+ /, ""), body: part.slice(end) };
  });
}

/** Cells of every table row, without head rows. */
function rows(markdown: string): string[][] {
  const tables = markdown.matchAll(/^\|.*\n\|[-| ]+\n((?:\|.*\n)+)/gm);
  return [...tables].flatMap(([, body = ""]) => body.trim().split("\n")).map((line) =>
    line.slice(1, -1).split("|").map((cell) => cell.trim())
  );
}

function command([id, name, body = "", directions = "", scope = ""]: string[]): SpecCommand {
  return { id: Number(bare(id)), name: bare(name), body, directions, scope };
}

function bare(cell = ""): string {
  return cell.replaceAll("`", "");
}
