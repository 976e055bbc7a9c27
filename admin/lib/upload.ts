/** Puts a picture on msfs (docs/spec/admin-http.md 3.1). */

export interface PictureStore {
  /** Where the admin reaches msfs; `null` where there is none. */
  readonly msfsSite: string | null;
  /** Where clients reach it: what is stored with a user. */
  readonly publicMsfsSite: string | null;
}

/** Largest picture that is taken; a cropped one has some 30 KB. */
export const MAX_PICTURE_BYTES = 2 * 1024 * 1024;
const UPLOAD_LIMIT_MS = 10_000;
/** Width of the column of an avatar. */
const MAX_URL_CHARS = 255;

export type UploadRefusal = "no_picture" | "too_large" | "not_stored";

export type Upload =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly reason: UploadRefusal };

/** First bytes of the kinds of picture that every client shows. */
const KINDS: readonly { readonly extension: string; readonly magic: readonly number[] }[] = [
  { extension: "jpg", magic: [0xff, 0xd8, 0xff] },
  { extension: "png", magic: [0x89, 0x50, 0x4e, 0x47] },
  { extension: "gif", magic: [0x47, 0x49, 0x46, 0x38] },
];

/** Stores a picture and gives the URL that clients show. */
export async function uploadPicture(file: unknown, store: PictureStore): Promise<Upload> {
  if (!(file instanceof File) || file.size === 0) return { ok: false, reason: "no_picture" };
  if (file.size > MAX_PICTURE_BYTES) return { ok: false, reason: "too_large" };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = KINDS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (kind === undefined) return { ok: false, reason: "no_picture" };
  const { msfsSite, publicMsfsSite } = store;
  if (msfsSite === null || publicMsfsSite === null) return { ok: false, reason: "not_stored" };
  const form = new FormData();
  form.append("file", new Blob([bytes]), `avatar.${kind.extension}`);
  try {
    const response = await fetch(msfsSite, {
      method: "POST",
      body: form,
      signal: AbortSignal.timeout(UPLOAD_LIMIT_MS),
    });
    const { error_code, path } = await response.json() as { error_code?: number; path?: string };
    if (error_code !== 0 || typeof path !== "string" || path === "") {
      return { ok: false, reason: "not_stored" };
    }
    const url = new URL(path, publicMsfsSite).href;
    return url.length > MAX_URL_CHARS ? { ok: false, reason: "not_stored" } : { ok: true, url };
  } catch {
    return { ok: false, reason: "not_stored" }; // msfs is away, or what answered is none.
  }
}
