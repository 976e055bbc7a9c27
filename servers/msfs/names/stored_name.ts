/**
 * What a stored file is called (docs/spec/storage.md 9, admin-http.md 3.2): `<time>_<number>`, then
 * what is kept of the uploaded name: `.<extension>`, or `_<W>x<H>.<extension>` for a picture whose
 * client put its size into the name.
 */
import type { Random } from "../../../shared/random.ts";
import { ok, refused, type Result } from "../../../shared/result.ts";

/** Why an uploaded name cannot be kept; the numbers clients know are in `answers.ts`. */
export type NameRefusal = "name_too_long" | "no_extension" | "bad_extension";

const MAX_NAME_BYTES = 255;
const MAX_EXTENSION_BYTES = 15;
/** With the size in front, as in the original. */
const MAX_SUFFIX_CHARS = 15;
/** Digits of the original's thread number, as far as its names hold them. */
const NUMBER_DIGITS = 12;

/**
 * The end of the stored name. `uploaded` has one character per byte. The original puts any byte
 * into its own file name; here an extension that could mean something in a path is refused.
 */
export function storedSuffix(uploaded: string): Result<string, NameRefusal> {
  if (uploaded.length > MAX_NAME_BYTES) return refused("name_too_long");
  const dot = uploaded.lastIndexOf(".");
  const extension = uploaded.slice(dot + 1);
  if (dot < 0 || extension === "") return refused("no_extension");
  if (extension.length > MAX_EXTENSION_BYTES || !/^[A-Za-z0-9_-]+$/.test(extension)) {
    return refused("bad_extension");
  }
  const size = /_(\d{1,4})x(\d{1,4})$/.exec(uploaded.slice(0, dot));
  if (size === null) return ok(`.${extension}`);
  const withSize = `_${Number(size[1])}x${Number(size[2])}.${extension}`;
  return ok(withSize.slice(0, MAX_SUFFIX_CHARS));
}

/**
 * A name that no file has or had: microseconds since 1970, `_`, twelve digits. Where the original
 * has the number of a thread there are random digits, so that a name cannot be guessed either: who
 * knows it may read the file.
 */
export function storedName(
  suffix: string,
  { nowMs, random }: { readonly nowMs: number; readonly random: Random },
): string {
  const digits = randomDigits(random, 3 + NUMBER_DIGITS);
  // The clock counts milliseconds; what is below them is chance too.
  return `${nowMs}${digits.slice(0, 3)}_${digits.slice(3)}${suffix}`;
}

/** Digits that cannot be guessed; bytes past the last whole multiple of ten are skipped. */
function randomDigits(random: Random, count: number): string {
  let digits = "";
  while (digits.length < count) {
    for (const byte of random.bytes(count)) {
      if (byte < 250 && digits.length < count) digits += byte % 10;
    }
  }
  return digits;
}
