/**
 * The header of a part, as text with one character per byte. Read as the original reads it: no
 * header needs a blank behind its colon, nor a parameter one in front of it (admin-http.md 3.1).
 */

export type HeaderProblem = "no_disposition" | "no_file_name" | "no_content_type";

const DISPOSITION = /content-disposition:([^\r\n]*)/i;
const FILE_NAME = /[;\s:]filename="([^"\r\n]*)"|[;\s:]filename=([^";\s]+)/i;
const CONTENT_TYPE = /content-type:/i;

/** The name of the file of this part, or null when it has none: then it is a field of the form. */
export function fileNameIn(header: string): string | null {
  const disposition = DISPOSITION.exec(header);
  if (disposition === null) return null;
  const name = FILE_NAME.exec(`:${disposition[1]}`);
  return name === null ? null : name[1] ?? name[2] ?? null;
}

/** What the first file part of a body lacks, in the order the original looks for it. */
export function headerProblem(text: string): HeaderProblem | null {
  if (!DISPOSITION.test(text)) return "no_disposition";
  if (!/filename=/i.test(text)) return "no_file_name";
  return CONTENT_TYPE.test(text) ? null : "no_content_type";
}
