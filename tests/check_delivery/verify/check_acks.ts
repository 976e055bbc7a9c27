/** Acks alone: one each, for what was sent, with an id. */
import type { Journal } from "../crowd/journal.ts";
import type { Violation } from "./violation.ts";

export function checkAcks(journal: Journal): Violation[] {
  const found: Violation[] = journal.strayAcks.map(({ terminal, msgId }) => ({
    rule: "false_ack",
    what: `${terminal} got an ack for ${msgId}, which it did not wait for`,
  }));
  for (const { text, acks } of journal.sent.values()) {
    if (acks.length > 1) {
      found.push({ rule: "doubled", what: `${acks.length} acks`, text });
    }
    if (acks.some(({ msgId }) => msgId === 0)) {
      found.push({ rule: "false_ack", what: "an ack with the id 0", text });
    }
  }
  return found;
}
