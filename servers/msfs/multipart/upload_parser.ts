/**
 * Takes the first file out of a multipart body, piece by piece as it arrives. What is kept in memory
 * is one piece, the begin of a delimiter that may lie across two, and the header of one part, which
 * is limited (docs/spec/admin-http.md 3.1, pitfalls.md P-MSFS4).
 */
import { Buffer } from "node:buffer";
import type { UploadRefusal } from "../answers.ts";
import { BytePattern } from "./byte_pattern.ts";
import { fileNameIn, headerProblem } from "./part_header.ts";

/** Largest header of a part, and as much of a body is looked at to say what is wrong with it. */
export const MAX_HEADER_BYTES = 16 * 1024;
/** Longest boundary that is looked for; RFC 2046 allows 70. */
const MAX_BOUNDARY_BYTES = 256;

const LINE_END = "\r\n";
const HEADER_END = "\r\n\r\n";

type State = "before" | "behind_delimiter" | "header" | "field" | "file" | "done" | "refused";

export class UploadParser {
  readonly #delimiter: BytePattern | null;
  #state: State = "before";
  #refusal: UploadRefusal | null = null;
  /** What has arrived and is not dealt with yet. The first delimiter may lack its line end. */
  #buffer = Buffer.from(LINE_END, "latin1");
  /** Bytes at the begin of the buffer that belong to the header, though a delimiter may use them. */
  #lead = 0;
  /** The begin of the body, to tell what it lacks when no part is found in it. */
  #begin = "";
  #sawDisposition = false;
  #fileName: string | null = null;

  /** @param boundary of the request's Content-Type, or null when it names none */
  constructor(boundary: string | null) {
    const isUsable = boundary !== null && boundary.length <= MAX_BOUNDARY_BYTES;
    this.#delimiter = isUsable
      ? new BytePattern(Buffer.from(`${LINE_END}--${boundary}`, "latin1"))
      : null;
  }

  /** One character per byte; null until the header of the file has arrived. */
  get fileName(): string | null {
    return this.#fileName;
  }

  /** Why the body cannot be used, as soon as that is sure. */
  get refusal(): UploadRefusal | null {
    return this.#refusal;
  }

  /** Takes the next piece of the body and returns what of the file has become sure with it. */
  push(piece: Uint8Array): readonly Uint8Array[] {
    const data: Uint8Array[] = [];
    if (this.#state === "done" || this.#state === "refused") return data;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const room = MAX_HEADER_BYTES - this.#begin.length;
    if (room > 0) this.#begin += bytes.subarray(0, room).toString("latin1");
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    while (this.#step(data));
    return data;
  }

  /** The body has ended. Null when it held a whole file. */
  end(): UploadRefusal | null {
    switch (this.#state) {
      case "done":
        return null;
      case "refused":
        return this.#refusal;
      case "file":
        return "not_closed";
      case "before":
        return this.#withoutParts();
      case "header":
        return headerProblem(this.#buffer.toString("latin1")) ?? "no_empty_line";
      default:
        return this.#sawDisposition ? "no_file_name" : "no_disposition";
    }
  }

  /** Does what the buffer allows; false when it needs more bytes. */
  #step(data: Uint8Array[]): boolean {
    switch (this.#state) {
      case "before":
        return this.#delimiter === null ? this.#drop() : this.#skip();
      case "field":
        return this.#skip();
      case "file":
        return this.#takeData(data);
      case "behind_delimiter":
        return this.#classify();
      case "header":
        return this.#takeHeader();
      default:
        return false;
    }
  }

  /** Without a boundary only the begin of the body matters, to say what else it lacks. */
  #drop(): boolean {
    this.#buffer = Buffer.alloc(0);
    if (this.#begin.length >= MAX_HEADER_BYTES) this.#refuse(this.#withoutParts());
    return false;
  }

  #skip(): boolean {
    const at = this.#delimiter!.indexIn(this.#buffer);
    if (at < 0) {
      this.#keepFrom(this.#buffer.length - this.#delimiter!.length + 1);
      return false;
    }
    this.#keepFrom(at + this.#delimiter!.length);
    this.#state = "behind_delimiter";
    return true;
  }

  #takeData(data: Uint8Array[]): boolean {
    const at = this.#delimiter!.indexIn(this.#buffer);
    const end = at < 0 ? this.#buffer.length - this.#delimiter!.length + 1 : at;
    if (end > this.#lead) data.push(this.#buffer.subarray(this.#lead, end));
    if (at >= 0) {
      this.#buffer = Buffer.alloc(0);
      this.#state = "done";
      return false;
    }
    if (end > this.#lead) {
      this.#keepFrom(end);
      this.#lead = 0;
    }
    return false;
  }

  /** Two dashes behind a delimiter end the form: it held no file. */
  #classify(): boolean {
    if (this.#buffer.length < 2) return false;
    if (this.#buffer.toString("latin1", 0, 2) === "--") {
      this.#refuse(this.#sawDisposition ? "no_file_name" : "no_disposition");
      return false;
    }
    this.#state = "header";
    return true;
  }

  #takeHeader(): boolean {
    const end = this.#buffer.indexOf(HEADER_END, 0, "latin1");
    if (end < 0 && this.#buffer.length <= MAX_HEADER_BYTES) return false;
    const length = end < 0 ? MAX_HEADER_BYTES : end;
    const header = this.#buffer.toString("latin1", 0, length);
    if (end < 0 || end > MAX_HEADER_BYTES) {
      this.#refuse(headerProblem(header) ?? "no_empty_line");
      return false;
    }
    this.#sawDisposition ||= headerProblem(header) !== "no_disposition";
    // The line end in front of the data may be the begin of the delimiter, when there is no data.
    this.#keepFrom(end + LINE_END.length);
    this.#fileName = fileNameIn(header);
    if (this.#fileName === null) {
      this.#state = "field";
      return true;
    }
    if (headerProblem(header) !== null) {
      this.#refuse("no_content_type");
      return false;
    }
    this.#lead = LINE_END.length;
    this.#state = "file";
    return true;
  }

  #withoutParts(): UploadRefusal {
    const problem = headerProblem(this.#begin);
    if (problem === "no_disposition" || problem === "no_file_name") return problem;
    return this.#delimiter === null ? "no_boundary" : "boundary_missing";
  }

  #refuse(refusal: UploadRefusal): void {
    this.#state = "refused";
    this.#refusal = refusal;
    this.#buffer = Buffer.alloc(0);
  }

  #keepFrom(index: number): void {
    if (index > 0) this.#buffer = this.#buffer.subarray(index);
  }
}

/** What is behind `boundary=` in a Content-Type, without quotes; null when there is none. */
export function boundaryOf(contentType: string | null): string | null {
  const match = /boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType ?? "");
  return match?.[1] || match?.[2] || null;
}
