/** Each typed request must put the right command on the wire and take the right one as its answer. */
import assert from "node:assert/strict";
import type { Codec } from "../../../proto/mod.ts";
import type { Client } from "../client.ts";
import { setUp } from "./setup.ts";

type AnyMessageCodec = Codec<object, never>;

export interface RequestCase {
  /** Called on the client of user 7, a WINDOWS one. */
  readonly send: (client: Client) => unknown;
  readonly id: number;
  readonly request: Pick<AnyMessageCodec, "decode">;
  /** What the server must receive. */
  readonly sent: object;
  /** Absent for a one-way notice. */
  readonly answer?: { readonly id: number; readonly codec: AnyMessageCodec };
  /** What the server answers. */
  readonly reply?: object;
  /** What the caller gets; the whole reply when absent. */
  readonly result?: unknown;
}

export function answer(id: number, codec: AnyMessageCodec): RequestCase["answer"] & object {
  return { id, codec };
}

/** Defines one test per request, named after its function. */
export function testRequests(cases: Readonly<Record<string, RequestCase>>): void {
  for (const [name, one] of Object.entries(cases)) {
    Deno.test(`${name}() sends its command and takes its answer`, () => testRequest(one));
  }
}

async function testRequest({ id, request, sent, answer, reply, send, result }: RequestCase) {
  await using test = await setUp();
  const client = await test.login();
  if (answer !== undefined) {
    test.server.answer(id, (call) => call.reply(answer.id, answer.codec, reply as never));
  }
  const got = await send(client);
  const call = await test.server.next(id);
  assert.deepEqual(plain(call.decode(request)), plain(sent));
  assert.deepEqual(plain(got), plain(result ?? reply));
}

/** Messages are instances of generated classes; only their fields count here. */
function plain(message: unknown): unknown {
  return typeof message === "object" ? JSON.parse(JSON.stringify(message)) : message;
}
