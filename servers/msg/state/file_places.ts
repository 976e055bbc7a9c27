/**
 * At which file_server the offline files are (docs/spec/pitfalls.md P-FILE9). Neither what clients
 * send nor what is stored says so. A receiver's files are at his home, unless it was away when they
 * came; each msg_server hears where each file goes, from the file_server or over route_server, and
 * remembers it for as many as it can. Of the others it is assumed that they are at home.
 */
import type { IpAddr } from "../../../proto/mod.ts";
import { LruMap } from "../../../shared/lru_map.ts";

/** Files whose place is remembered: about 10 MB. */
const MAX_PLACES = 20_000;

/** Addresses of one file_server, as clients are told. */
export type FilePlace = readonly IpAddr[];

export interface FilePlacesOptions {
  /** Where the offline files of a user go; empty when no file_server is known. */
  readonly homeOf: (userId: number) => FilePlace;
  readonly maxPlaces?: number;
}

export class FilePlaces {
  readonly #homeOf: (userId: number) => FilePlace;
  readonly #byTask: LruMap<string, FilePlace>;

  constructor({ homeOf, maxPlaces = MAX_PLACES }: FilePlacesOptions) {
    this.#homeOf = homeOf;
    this.#byTask = new LruMap({ maxWeight: maxPlaces });
  }

  /**
   * Notes where a file is. The first word counts, which comes from the file_server that made the
   * task; what msg_servers say of it later may be an assumption.
   */
  note(taskId: string, place: FilePlace): void {
    if (place.length > 0 && this.#byTask.get(taskId) === undefined) this.#byTask.set(taskId, place);
  }

  /** Where a file for this user is; empty when no file_server is known. */
  placeOf({ taskId, receiverId }: { readonly taskId: string; readonly receiverId: number }) {
    return this.#byTask.get(taskId) ?? this.#homeOf(receiverId);
  }

  homeOf(userId: number): FilePlace {
    return this.#homeOf(userId);
  }
}
