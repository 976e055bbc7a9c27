/** msfs could not be reached, did not answer in time, or said something that makes no sense. */
export class MsfsError extends Error {
  override readonly name = "MsfsError";
}
