/**
 * msfs in its recording: two uploads and their downloads, and what it says no to. Names of stored
 * files hold a time and a number, so they are compared by their form.
 */
import assert from "node:assert/strict";
import { type RawAnswer, startMsfs } from "../support/msfs_fixture.ts";
import { readRecording } from "./support/recording.ts";

const STORED_NAME = /\d{16}_\d{12}/;
/** What docs/spec/admin-http.md 3.3 asks to do better: normal types, which clients do not look at. */
const BETTER: Readonly<Record<string, Partial<Expected>>> = {
  "multipart/form-data": { type: "application/octet-stream" },
};

interface Expected {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

Deno.test("msfs, golden: each recorded request gets the recorded answer", async () => {
  await using msfs = await startMsfs();
  const frames = readRecording("msfs");
  /** The recorded names, and what they are called here. */
  const names = new Map<string, string>();
  for (let i = 0; i < frames.length; i += 2) {
    let request = text(frames[i]!.bytes);
    for (const [recorded, here] of names) request = request.replaceAll(recorded, here);
    await using connection = msfs.open();
    connection.send(bytes(request));
    const answer = seen(await connection.answer());
    const recorded = text(frames[i + 1]!.bytes);
    if (recorded === "") {
      // `..` in a path: the original closes without an answer.
      assert.equal(answer.status, 400, request);
      continue;
    }
    const name = STORED_NAME.exec(recorded)?.[0];
    if (name !== undefined) names.set(name, STORED_NAME.exec(answer.body)?.[0] ?? "none");
    const expected = parse(recorded);
    assert.deepEqual(
      { ...answer, body: withoutNames(answer.body) },
      { ...expected, ...BETTER[expected.type ?? ""], body: withoutNames(expected.body) },
      request.split("\r\n", 1)[0]!,
    );
  }
  assert.equal(names.size, 2);
});

function withoutNames(body: string): string {
  return body.replaceAll(new RegExp(STORED_NAME, "g"), "NAME");
}

function seen({ status, headers, body }: RawAnswer): Expected {
  return { status, type: headers.get("Content-Type"), body: body.toString("latin1") };
}

function parse(answer: string): Expected {
  const [head = "", body = ""] = answer.split(/\r\n\r\n?(.*)/s);
  return {
    status: Number(head.split(" ")[1]),
    type: /Content-Type: ?([^\r\n]*)/.exec(head)?.[1] ?? null,
    // The original ends its empty answers with a zero byte instead of a line feed.
    body: body === "\0" ? "" : body,
  };
}

function text(raw: Uint8Array): string {
  return Array.from(raw, (byte) => String.fromCharCode(byte)).join("");
}

function bytes(raw: string): Uint8Array {
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
}
