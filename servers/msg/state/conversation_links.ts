/**
 * On which link the unanswered messages of a conversation are. While there are some, its next message
 * must not take another link: it could be stored before them (docs/spec/pitfalls.md P-ORD1).
 */

/** Conversations with unanswered messages; of more the one that was used first is forgotten. */
export const MAX_CONVERSATIONS = 100_000;

interface Unanswered<Link> {
  readonly link: Link;
  count: number;
}

export class ConversationLinks<Link> {
  readonly #unanswered = new Map<number, Unanswered<Link>>();

  get size(): number {
    return this.#unanswered.size;
  }

  /** The link that the conversation is bound to, or `null` when it is free to take any. */
  of(key: number): Link | null {
    return this.#unanswered.get(key)?.link ?? null;
  }

  /** A message of the conversation left over the link. */
  sent(key: number, link: Link): void {
    const there = this.#unanswered.get(key);
    if (there?.link === link) there.count++;
    else this.#unanswered.set(key, { link, count: 1 });
    if (this.#unanswered.size > MAX_CONVERSATIONS) {
      const oldest = this.#unanswered.keys().next();
      if (!oldest.done) this.#unanswered.delete(oldest.value);
    }
  }

  /** A message was answered over the link. Tells whether the conversation is free now. */
  answered(key: number, link: Link): boolean {
    const there = this.#unanswered.get(key);
    if (there === undefined || there.link !== link) return false;
    if (--there.count > 0) return false;
    this.#unanswered.delete(key);
    return true;
  }

  /** No answer will come over the link any more. */
  lost(link: Link): void {
    for (const [key, there] of this.#unanswered) {
      if (there.link === link) this.#unanswered.delete(key);
    }
  }
}
