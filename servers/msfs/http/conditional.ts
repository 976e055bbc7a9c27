/** Conditional requests (RFC 9110, 13): what a client has already need not be sent again. */

/** What identifies a version of a file. */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
}

/** Whether the client's copy is the file as it is, so that 304 is the answer. */
export function isUnchanged(headers: Headers, file: Validators): boolean {
  const noneMatch = headers.get("If-None-Match");
  if (noneMatch !== null) {
    return noneMatch.trim() === "*" || tagsOf(noneMatch).some((tag) => weak(tag) === file.etag);
  }
  const since = headers.get("If-Modified-Since");
  return since !== null && seconds(file.modifiedMs) <= seconds(Date.parse(since));
}

/** Whether a Range is to be honoured: without If-Range, or with that of the file as it is. */
export function rangeApplies(headers: Headers, file: Validators): boolean {
  const ifRange = headers.get("If-Range");
  if (ifRange === null) return true;
  return ifRange.includes('"')
    ? ifRange.trim() === file.etag
    : seconds(Date.parse(ifRange)) === seconds(file.modifiedMs);
}

function tagsOf(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** If-None-Match compares weakly. */
function weak(tag: string): string {
  return tag.replace(/^W\//, "");
}

/** Dates in HTTP have no fractions. NaN, which is no date, compares as false with everything. */
function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
