/** Why a link ended, as one line for `closed` and for logs. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A host name with several addresses fails with an AggregateError, whose own text is empty.
  if (error.message === "" && error instanceof AggregateError) {
    return error.errors.map(reasonOf).join(", ");
  }
  return error.message === "" ? error.name : error.message;
}
