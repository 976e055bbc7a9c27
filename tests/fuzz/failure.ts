/** What made a target fail, as a file that can be fed again. */
import { Buffer } from "node:buffer";
import type { Input } from "./target.ts";

export interface Failure {
  readonly target: string;
  /** What went wrong. */
  readonly error: string;
  /** In the order in which they were fed; the last ones are the likeliest. */
  readonly inputs: readonly Input[];
}

export function writeFailure(path: string, { target, error, inputs }: Failure): void {
  const hex = inputs.map((parts) => parts.map((part) => Buffer.from(part).toString("hex")));
  Deno.writeTextFileSync(path, `${JSON.stringify({ target, error, inputs: hex }, null, 1)}\n`);
}

export function readFailure(path: string | URL): Failure {
  const { target, error, inputs } = JSON.parse(Deno.readTextFileSync(path)) as {
    target: string;
    error: string;
    inputs: string[][];
  };
  return {
    target,
    error,
    inputs: inputs.map((parts) => parts.map((hex) => new Uint8Array(Buffer.from(hex, "hex")))),
  };
}
