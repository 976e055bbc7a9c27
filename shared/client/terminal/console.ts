/** Where the chat reads lines from and prints to. */
export interface ChatConsole {
  /** Whether a person types; otherwise lines come from a pipe or file. */
  readonly isInteractive: boolean;
  /** Prints whole lines, above what is being typed. */
  print(text: string): void;
  printError(text: string): void;
  /** Shown in front of what is being typed. */
  setPrompt(text: string): void;
  /** Removes the line that was just entered from the screen: a message takes its place. */
  eraseEntered(): void;
  /** The lines entered, until the end of input or {@link close}. */
  lines(): AsyncIterable<string>;
  close(): void;
}
