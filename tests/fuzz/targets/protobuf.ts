/**
 * Every message of the protocol: any bytes are a message or a ProtocolError, and what decodes encodes
 * again, to bytes that mean the same. Input: the message's name, the body.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { type AnyCodec, MESSAGES, ProtocolError } from "../../../proto/mod.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";
import type { Random } from "../../../shared/random.ts";
import { Frames } from "../inputs/frames.ts";
import { mutated } from "../inputs/mutate.ts";
import { chance, noise, pick, shortLength } from "../inputs/pick.ts";
import { type Input, pureTarget } from "../target.ts";

const MAX_NOISE = 2000;

export const protobuf = pureTarget("protobuf", {
  open() {
    const frames = new Frames();
    return {
      next(random) {
        const name = pick(random, frames.bodies.names);
        return [Buffer.from(name), anyBody(name, frames, random)];
      },
    };
  },
  feed([name, body]: Input): void {
    const codec = MESSAGES.get(Buffer.from(name!).toString())!;
    const message = decoded(codec, body!);
    if (message === null) return;
    const again = codec.encode(message);
    const same = codec.decode(again);
    assert.ok(isDeepStrictEqual(same, message), `${codec.name} changes on its way`);
    assert.equal(Buffer.compare(codec.encode(same), again), 0, `${codec.name} has two encodings`);
  },
});

function decoded(codec: AnyCodec, body: Uint8Array): object | null {
  try {
    return codec.decode(body);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

function anyBody(name: string, frames: Frames, random: Random): Uint8Array {
  if (chance(random, 0.1)) return noise(random, shortLength(random, MAX_NOISE));
  // A body of another message is a good body with odd types.
  if (chance(random, 0.1)) return bodyOf(pick(random, frames.recorded));
  const body = frames.bodies.make(name, random);
  return chance(random, 0.4)
    ? body
    : mutated(body, random, frames.bodies.make(pick(random, frames.bodies.names), random));
}
