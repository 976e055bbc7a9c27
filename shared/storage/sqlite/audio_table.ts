/**
 * IMAudio: the sounds, kept apart from the messages. As in the original (docs/spec/storage.md 2.9)
 * the message's content is the id of the audio row as text; unlike there the sound is in the row.
 */
import type { NewMessage } from "../types.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

/** The sound follows its duration in seconds, big-endian (docs/spec/wire.md 9). */
const DURATION_BYTES = 4;

export class AudioTable {
  readonly #insert: Statement<object>;
  readonly #data: Statement<{ data: Uint8Array }>;

  constructor(db: Database) {
    this.#insert = db.prepare(`
      INSERT INTO IMAudio (fromId, toId, size, duration, created, data)
      VALUES (?, ?, ?, ?, ?, ?)`);
    this.#data = db.prepare("SELECT data FROM IMAudio WHERE id = ?");
  }

  /** Stores the sound; what is returned takes its place in the message row. */
  insert({ fromId, toId, created, content }: NewMessage): Uint8Array {
    const size = Math.max(0, content.length - DURATION_BYTES);
    const id = this.#insert.insert(fromId, toId, size, duration(content), created, content);
    return new TextEncoder().encode(String(id));
  }

  /**
   * msg_data as it was received, by what {@link insert} returned. Empty for a sound that somebody
   * removed from the table: the page of history around it must still be readable.
   */
  content(reference: Uint8Array): Uint8Array {
    return this.#data.get(Number(new TextDecoder().decode(reference)))?.data ?? new Uint8Array(0);
  }
}

function duration(content: Uint8Array): number {
  if (content.length < DURATION_BYTES) return 0;
  return new DataView(content.buffer, content.byteOffset).getUint32(0);
}
