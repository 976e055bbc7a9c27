/** Colours, or none when the output is no terminal or NO_COLOR is set. */

export interface Style {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  /** The user's own name. */
  readonly own: (text: string) => string;
  /** Other names and groups. */
  readonly name: (text: string) => string;
  /** Unread counts and other things to look at. */
  readonly alert: (text: string) => string;
  readonly error: (text: string) => string;
}

const plain = (text: string): string => text;

export const PLAIN: Style = {
  dim: plain,
  bold: plain,
  own: plain,
  name: plain,
  alert: plain,
  error: plain,
};

export const COLORED: Style = {
  dim: sgr(2, 22),
  bold: sgr(1, 22),
  own: sgr(32, 39),
  name: sgr(36, 39),
  alert: sgr(33, 39),
  error: sgr(31, 39),
};

function sgr(on: number, off: number): (text: string) => string {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}
