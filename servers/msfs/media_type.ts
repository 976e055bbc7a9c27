/**
 * What a file is, by its first bytes, and for pictures in a format not known here by its name. Only
 * pictures, sound and video that a browser shows without running anything get a type of their own;
 * all else is a download of bytes. So no name and no declared type makes a browser run what somebody
 * has uploaded (docs/spec/pitfalls.md P-MSFS5).
 */

/** First bytes of a file that {@link mediaTypeOf} looks at. */
export const HEAD_BYTES = 512;

export const UNKNOWN_TYPE = "application/octet-stream";

interface Magic {
  readonly type: string;
  readonly offset?: number;
  readonly bytes: string;
  /** Bytes at another place that have to fit too. */
  readonly and?: { readonly offset: number; readonly bytes: string };
}

/** One character per byte. */
const MAGIC: readonly Magic[] = [
  { type: "image/jpeg", bytes: "\xff\xd8\xff" },
  { type: "image/png", bytes: "\x89PNG\r\n\x1a\n" },
  { type: "image/gif", bytes: "GIF87a" },
  { type: "image/gif", bytes: "GIF89a" },
  { type: "image/webp", bytes: "RIFF", and: { offset: 8, bytes: "WEBP" } },
  { type: "image/bmp", bytes: "BM", and: { offset: 6, bytes: "\0\0\0\0" } },
  { type: "image/avif", offset: 4, bytes: "ftypavif" },
  { type: "image/heic", offset: 4, bytes: "ftypheic" },
  { type: "audio/ogg", bytes: "OggS" },
  { type: "audio/amr", bytes: "#!AMR" },
  { type: "audio/wav", bytes: "RIFF", and: { offset: 8, bytes: "WAVE" } },
  { type: "audio/mpeg", bytes: "ID3" },
  { type: "audio/mpeg", bytes: "\xff\xfb" },
  { type: "audio/mpeg", bytes: "\xff\xf3" },
  { type: "audio/aac", bytes: "\xff\xf1" },
  { type: "audio/mp4", offset: 4, bytes: "ftypM4A " },
  { type: "video/mp4", offset: 4, bytes: "ftypiso" },
  { type: "video/mp4", offset: 4, bytes: "ftypmp4" },
  { type: "video/mp4", offset: 4, bytes: "ftypavc1" },
  { type: "video/mp4", offset: 4, bytes: "ftypM4V " },
  { type: "video/3gpp", offset: 4, bytes: "ftyp3gp" },
  { type: "video/quicktime", offset: 4, bytes: "ftypqt  " },
  { type: "video/webm", bytes: "\x1aE\xdf\xa3" },
];

/** The names that the original gives a type (docs/spec/admin-http.md 3.3), in any case here. */
const PICTURES: ReadonlyMap<string, string> = new Map([
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["png", "image/png"],
  ["gif", "image/gif"],
]);

/**
 * @param head the first {@link HEAD_BYTES} of the file, or all of it
 * @param name of the file; only its extension is looked at
 */
export function mediaTypeOf(head: Uint8Array, name: string): string {
  const found = MAGIC.find(({ offset = 0, bytes, and }) =>
    matches(head, offset, bytes) && (and === undefined || matches(head, and.offset, and.bytes))
  );
  if (found !== undefined) return found.type;
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return isMarkup(head) ? UNKNOWN_TYPE : PICTURES.get(extension) ?? UNKNOWN_TYPE;
}

/**
 * HTML, SVG and XML begin like this, behind blanks or a byte-order mark. Without the zero bytes, of
 * which UTF-16 has many.
 */
function isMarkup(head: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(head).replaceAll("\0", "");
  return /^[^\w<]*<[a-z!?/]/i.test(text);
}

/** Whether a browser may show it in place; anything else it has to offer as a download. */
export function isShown(mediaType: string): boolean {
  return MAGIC.some(({ type }) => type === mediaType);
}

function matches(head: Uint8Array, offset: number, bytes: string): boolean {
  if (head.length < offset + bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (head[offset + i] !== bytes.charCodeAt(i)) return false;
  }
  return true;
}
