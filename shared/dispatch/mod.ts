/** Command tables and the gate that runs them. */
export * from "./command.ts";
export * from "./dispatcher.ts";
