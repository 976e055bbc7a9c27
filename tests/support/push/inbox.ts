/** Requests that a stand-in got, for a test that takes them one by one. */
import { withDeadline } from "../scripted_link.ts";

export class Inbox<Request> {
  readonly #name: string;
  readonly #requests: Request[] = [];
  #changed: () => void = () => {};
  #total = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Everything that ever came. */
  get total(): number {
    return this.#total;
  }

  add(request: Request): void {
    this.#total++;
    this.#requests.push(request);
    this.#changed();
  }

  /** The next request, in order of arrival. */
  async next(): Promise<Request> {
    while (this.#requests.length === 0) {
      await withDeadline(`a request at ${this.#name}`, (resolve) => this.#changed = resolve);
    }
    return this.#requests.shift()!;
  }

  /** What has come so far. */
  takeAll(): Request[] {
    return this.#requests.splice(0);
  }

  async take(count: number): Promise<Request[]> {
    const taken: Request[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }
}
