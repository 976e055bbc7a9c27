/**
 * Start-up cannot go on: the configuration is wrong. `problems` holds one line per problem and the
 * message is those lines joined, so main.ts prints `error.message` and exits with status 1.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("\n"), options);
    this.problems = problems;
  }
}

/** Longest part of a value repeated in an error line, in UTF-16 units. */
const MAX_SHOWN_CHARS = 80;

/** A value as an error line shows it: quoted, cut, on one line, without the login part of a URL. */
export function shown(value: string): string {
  const withoutLogin = value.replace(/\/\/[^/]*@/, "//***@");
  const cut = withoutLogin.length > MAX_SHOWN_CHARS
    ? `${withoutLogin.slice(0, MAX_SHOWN_CHARS)}…`
    : withoutLogin;
  return JSON.stringify(cut).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
