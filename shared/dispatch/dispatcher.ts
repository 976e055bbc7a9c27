/**
 * The gate. Every PDU of every role passes here: look up the command, check the caller's rights,
 * decode, run, answer, log. A handler never sees an unknown command, a body that does not decode, or
 * a caller without rights.
 */
import type { Logger } from "../log/mod.ts";
import { commandIdOf, describeFrame, seqNumOf } from "../pdu/header.ts";
import { type Call, type Caller, type Command, FailedCommand, isMalformed } from "./command.ts";

/** What became of a PDU. The role decides what a refusal means: a client link is closed for it. */
export type DispatchOutcome = "done" | "unknown" | "unauthorised" | "malformed";

export class Dispatcher<C extends Caller> {
  /** By command id; ids are below 0x0900, so this stays a small array. */
  readonly #commands: (Command<C> | undefined)[] = [];
  readonly #log: Logger;

  /** @throws {Error} when two commands have the same id */
  constructor(commands: readonly Command<C>[], log: Logger) {
    for (const command of commands) {
      if (this.#commands[command.id] !== undefined) {
        throw new Error(`Two commands have the id 0x${command.id.toString(16)}`);
      }
      this.#commands[command.id] = command;
    }
    this.#log = log;
  }

  /**
   * Runs one PDU. A promise is returned only when the handler is asynchronous; it never rejects.
   * An error of a synchronous handler without a failure answer is thrown, so that the link is
   * closed; the failure of an asynchronous one is logged.
   */
  dispatch(from: C, frame: Uint8Array): DispatchOutcome | Promise<DispatchOutcome> {
    const command = this.#commands[commandIdOf(frame)];
    if (command === undefined) return this.#refuse("unknown", "unknown command", frame);
    if (!isAllowed(command, from)) {
      return this.#refuse("unauthorised", "command not allowed", frame);
    }
    const call: Call<C> = { from, seqNum: seqNumOf(frame), frame };
    try {
      const answer = command.run(call);
      if (answer instanceof Promise) return this.#finish(call, answer);
      return this.#answer(call, answer);
    } catch (error) {
      if (isMalformed(error)) return this.#refuse("malformed", error.message, frame);
      if (error instanceof FailedCommand) return this.#fail(call, error);
      throw error;
    }
  }

  async #finish(call: Call<C>, pending: Promise<Uint8Array | null>): Promise<DispatchOutcome> {
    try {
      return this.#answer(call, await pending);
    } catch (error) {
      if (isMalformed(error)) return this.#refuse("malformed", error.message, call.frame);
      return this.#fail(call, error);
    }
  }

  #answer(call: Call<C>, answer: Uint8Array | null): DispatchOutcome {
    if (answer !== null) call.from.reply(answer);
    if (this.#log.enabled("debug")) this.#log.debug("command", { pdu: describeFrame(call.frame) });
    return "done";
  }

  #fail(call: Call<C>, error: unknown): DispatchOutcome {
    const failed = error instanceof FailedCommand ? error : null;
    this.#log.error("command failed", {
      pdu: describeFrame(call.frame),
      error: failed?.cause ?? error,
    });
    if (failed !== null && failed.answer !== null) call.from.reply(failed.answer);
    return "done";
  }

  #refuse(outcome: DispatchOutcome, reason: string, frame: Uint8Array): DispatchOutcome {
    if (this.#log.enabled("debug")) {
      this.#log.debug("PDU dropped", { reason, pdu: describeFrame(frame) });
    }
    return outcome;
  }
}

function isAllowed(command: { auth: string }, from: Caller): boolean {
  return command.auth === "none" || command.auth === from.auth;
}
