/**
 * Bodies of PDUs to messages and back. This file meets the duties of docs/spec/wire.md 2 that go
 * beyond parsing; what protobufjs does by itself is pinned down in `codec_test.ts`.
 *
 * protobufjs throws on truncated input, on a missing required field and, because it takes an unknown
 * enum number for an unknown field, on such a number in a required enum; in an optional enum the field
 * stays absent. Corrected here: all errors become one class, encode refuses a message with a missing
 * required field instead of sending 0 for it, and text with lone surrogates leaves as valid UTF-8.
 */
import protobuf from "protobufjs/minimal.js";
import { ProtocolError } from "./error.ts";

/** Encodes and decodes one type of message. `Init` may leave out optional and repeated fields. */
export interface Codec<Message, Init = Message> {
  /** The message with its package, for example `IM.Login.IMLoginReq`. */
  readonly name: string;
  /**
   * Returns the body, fields in ascending order. It may be a view of a larger pooled buffer, so use
   * the array itself, never its `buffer`. Throws a TypeError when a required field is missing, which
   * is a mistake of ours.
   */
  encode(message: Init): Uint8Array;
  /**
   * Throws {@link ProtocolError} when `body` is not a valid message. Fields of type bytes are views of
   * `body`: copy what outlives it. An absent optional field reads as undefined.
   */
  decode(body: Uint8Array): Message;
}

/** A codec whose type of message does not matter. */
export type AnyCodec = Codec<object>;

/** What the generated static module offers for a message. */
export interface StaticMessage<Message, Init> {
  encode(message: Init, writer: protobuf.Writer): protobuf.Writer;
  decode(reader: protobuf.Reader): Message;
}

/** Replaces lone surrogates, which protobufjs would write as bytes that are not UTF-8. */
class BodyWriter extends protobuf.BufferWriter {
  override string(value: string): protobuf.Writer {
    return super.string(value.isWellFormed() ? value : value.toWellFormed());
  }

  override finish(): Uint8Array {
    return new Uint8Array(this.buf.buffer, this.buf.byteOffset, this.pos);
  }
}

/** Gives out bytes as plain Uint8Array, also from a Buffer, whose `slice` would not copy. */
class BodyReader extends protobuf.Reader {
  override raw(start: number, end: number): Uint8Array {
    return new Uint8Array(this.buf.buffer, this.buf.byteOffset + start, end - start);
  }
}

/** Ties generated code to {@link Codec}; `missingIn` names the first required field that is not set. */
export function createCodec<Message, Init>(
  name: string,
  type: StaticMessage<Message, Init>,
  missingIn: (message: Init) => string | null,
): Codec<Message, Init> {
  return {
    name,
    encode(message: Init): Uint8Array {
      const missing = missingIn(message);
      if (missing !== null) {
        throw new TypeError(`Cannot encode ${name}: missing required '${missing}'`);
      }
      return type.encode(message, new BodyWriter()).finish();
    },
    decode(body: Uint8Array): Message {
      const reader = new BodyReader(body);
      try {
        return type.decode(reader);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new ProtocolError(`Cannot decode ${name}: ${reason}`, { cause });
      }
    },
  };
}
