/**
 * Sounds are files of msfs; IMAudio says where each one is, and the message's content is the id of
 * that row as text (docs/spec/storage.md 2.9 and 8).
 */
import { isAudioMessage } from "../../message_class.ts";
import { MsfsError, type SoundFiles } from "../../msfs/mod.ts";
import { type MessageRow, type NewMessage, StorageError } from "../types.ts";
import { idChunks } from "./id_lists.ts";
import type { EngineParts } from "./parts.ts";

/** The sound follows its duration in seconds, big-endian (docs/spec/wire.md 9). */
const DURATION_BYTES = 4;

interface AudioRow {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly duration: number;
}

export class Sounds {
  readonly #parts: Pick<EngineParts, "master" | "log">;
  readonly #files: SoundFiles;

  constructor(parts: Pick<EngineParts, "master" | "log">, files: SoundFiles) {
    this.#parts = parts;
    this.#files = files;
  }

  /**
   * Stores the sound; what is returned takes its place in the message row.
   * @throws {StorageError} when msfs does not take it: the message must then not be stored either
   */
  async save({ fromId, toId, content, created }: NewMessage): Promise<Uint8Array> {
    const sound = content.subarray(DURATION_BYTES);
    const path = await this.#upload(sound);
    const { insertId } = await this.#parts.master.run(
      `INSERT INTO IMAudio (fromId, toId, path, size, duration, created) VALUES (?, ?, ?, ?, ?, ?)`,
      [fromId, toId, path, sound.length, durationOf(content), created],
    );
    return new TextEncoder().encode(String(insertId));
  }

  /**
   * Rows with the sounds in the place of their references. A sound that cannot be had leaves its row
   * out: a reference is no sound (docs/spec/pitfalls.md P-MSG3).
   */
  async into(rows: readonly MessageRow[]): Promise<readonly MessageRow[]> {
    const ids = rows.filter(({ type }) => isAudioMessage(type)).map(referenceOf);
    if (ids.length === 0) return rows;
    const audio = await this.#rows(ids);
    const filled = await Promise.all(rows.map(async (row): Promise<MessageRow | null> => {
      if (!isAudioMessage(row.type)) return row;
      const content = await this.#content(audio.get(referenceOf(row)));
      return content === null ? null : { ...row, content };
    }));
    return filled.filter((row) => row !== null);
  }

  async #upload(sound: Uint8Array): Promise<string> {
    try {
      return await this.#files.upload(sound);
    } catch (cause) {
      if (cause instanceof MsfsError) throw new StorageError("Cannot store a sound", { cause });
      throw cause;
    }
  }

  async #rows(ids: readonly number[]): Promise<ReadonlyMap<number, AudioRow>> {
    const found = new Map<number, AudioRow>();
    for (const some of idChunks(ids)) {
      const rows = await this.#parts.master.rows<AudioRow>(
        "SELECT id, COALESCE(path, '') AS path, size, duration FROM IMAudio WHERE id IN (?)",
        [some],
      );
      for (const row of rows) found.set(row.id, row);
    }
    return found;
  }

  async #content(audio: AudioRow | undefined): Promise<Uint8Array | null> {
    if (audio === undefined) return null;
    try {
      const sound = await this.#files.download(audio.path, audio.size);
      if (sound === null) return null;
      const content = new Uint8Array(DURATION_BYTES + sound.length);
      new DataView(content.buffer).setUint32(0, audio.duration);
      content.set(sound, DURATION_BYTES);
      return content;
    } catch (error) {
      if (!(error instanceof MsfsError)) throw error;
      this.#parts.log.warn("a sound cannot be read", { audio: audio.id, reason: error.message });
      return null;
    }
  }
}

function durationOf(content: Uint8Array): number {
  return new DataView(content.buffer, content.byteOffset).getUint32(0);
}

function referenceOf({ content }: MessageRow): number {
  return Number(new TextDecoder().decode(content)) || 0;
}
