/**
 * A file that goes from one connection to another without being stored (docs/spec/flows.md 15.3 and
 * 15.7):
 *
 *     ready ─ sender ──► wait_receiver ─ receiver ─► wait_transfer ─ first pull ─► transferring
 *       └──── receiver ► wait_sender ─── sender ───────────▲
 *
 * When one of the two connections is lost the other is closed too, as in the original, so that old
 * clients see a transfer end as they always did. But the task is then ready once more, where the
 * original kept it invalid: clients that know how log in again, and the receiver pulls from the
 * offset it has. A report (cancel, refuse, done) ends the task for good.
 *
 * Answers come in the order of the pulls. `#pulls` holds the sequence numbers of those that wait, so
 * that each answer goes on with the number of its own pull (Q-FILESEQ).
 */
import { ok, refused, type Result } from "../../../shared/result.ts";
import type { LoginRefusal, TransferRefusal } from "./file_error.ts";
import type { TaskFacts } from "./task.ts";

export type OnlineState =
  | "ready"
  | "wait_sender"
  | "wait_receiver"
  | "wait_transfer"
  | "transferring"
  | "invalid";

export type OnlineRole = "sender" | "receiver";

/** Pulls that may wait for their data; a further one is refused. Old clients have one. */
export const MAX_WAITING_PULLS = 1024;

export class OnlineTask<Party> {
  readonly kind = "online";
  readonly facts: TaskFacts;
  /** When something last happened, in unix milliseconds. */
  activeMs: number;
  #state: OnlineState = "ready";
  #sender: Party | null = null;
  #receiver: Party | null = null;
  #pulls: number[] = [];
  #lastSeqNum = 0;

  constructor(facts: TaskFacts, nowMs: number) {
    this.facts = facts;
    this.activeMs = nowMs;
  }

  get state(): OnlineState {
    return this.#state;
  }

  get isActive(): boolean {
    return this.#state === "transferring";
  }

  /** Whoever is connected. */
  get parties(): readonly Party[] {
    return [this.#sender, this.#receiver].filter((party) => party !== null);
  }

  get receiver(): Party | null {
    return this.#receiver;
  }

  occupant(role: OnlineRole): Party | null {
    return role === "sender" ? this.#sender : this.#receiver;
  }

  /** Whether this user may log in with this role. */
  authorise(role: OnlineRole, userId: number): Result<null, LoginRefusal> {
    if (this.#state === "invalid") return refused("unknown_task");
    const { fromUserId, toUserId } = this.facts;
    return userId === (role === "sender" ? fromUserId : toUserId)
      ? ok(null)
      : refused("wrong_user");
  }

  /** Takes an authorised login. The place must be free: see {@link occupant}. */
  join(role: OnlineRole, party: Party): void {
    if (role === "sender") this.#sender = party;
    else this.#receiver = party;
    if (this.#sender === null) this.#state = "wait_sender";
    else if (this.#receiver === null) this.#state = "wait_receiver";
    else this.#state = "wait_transfer";
  }

  /** Takes a pull of the receiver, to be passed to the sender. */
  pull(party: Party, seqNum: number): Result<Party, TransferRefusal> {
    if (party !== this.#receiver) return refused("wrong_party");
    if (this.#sender === null) return refused("not_ready");
    if (this.#pulls.length >= MAX_WAITING_PULLS) return refused("too_many_pulls");
    this.#state = "transferring";
    this.#pulls.push(seqNum);
    return ok(this.#sender);
  }

  /** Takes data of the sender, to be passed to the receiver with the sequence number given. */
  data(party: Party): Result<{ readonly to: Party; readonly seqNum: number }, TransferRefusal> {
    if (party !== this.#sender) return refused("wrong_party");
    if (this.#receiver === null) return refused("not_ready");
    this.#state = "transferring";
    // COMPAT: data that nobody pulled is passed on too, as a further answer to the last pull.
    this.#lastSeqNum = this.#pulls.shift() ?? this.#lastSeqNum;
    return ok({ to: this.#receiver, seqNum: this.#lastSeqNum });
  }

  /** Takes a report of one party: the task has ended. Returns who else is to hear of it. */
  report(party: Party): readonly Party[] {
    const others = this.parties.filter((each) => each !== party);
    this.#empty("invalid");
    return others;
  }

  /** A connection is lost. Returns the others, which are to be closed; the task is ready again. */
  leave(party: Party): readonly Party[] {
    const others = this.parties.filter((each) => each !== party);
    this.#empty("ready");
    return others;
  }

  #empty(state: OnlineState): void {
    this.#state = state;
    this.#sender = null;
    this.#receiver = null;
    this.#pulls = [];
    this.#lastSeqNum = 0;
  }
}
