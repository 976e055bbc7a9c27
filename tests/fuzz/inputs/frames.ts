/** Frames as good and bad peers send them: recorded, made from the schema, and spoilt. */
import { COMMANDS } from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, HEADER_SIZE, seqNumOf } from "../../../shared/pdu/mod.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import { readRecording, recordingNames } from "../../golden/support/recording.ts";
import { Bodies } from "./bodies.ts";
import { mutated } from "./mutate.ts";
import { chance, pick } from "./pick.ts";

const ALL_IDS: readonly number[] = [...COMMANDS.keys()];

export class Frames {
  readonly bodies = new Bodies();
  /** All recorded frames, of clients and between servers. */
  readonly recorded: readonly Uint8Array[];
  readonly #byCommand: ReadonlyMap<number, readonly Uint8Array[]>;

  constructor() {
    this.recorded = [
      ...recordingNames("").filter((name) => !/^(http_|msfs)/.test(name)),
      ...recordingNames("internal/").map((name) => `internal/${name}`),
    ].flatMap((name) => readRecording(name)).map(({ bytes }) => bytes).filter(isFrame);
    this.#byCommand = Map.groupBy(this.recorded, commandIdOf);
  }

  /**
   * A whole frame with a right length and any body: most often one of the commands `ids`, at times
   * another one or none.
   */
  whole(random: Random, ids: readonly number[]): Uint8Array {
    const id = chance(random, 0.9)
      ? pick(random, ids)
      : chance(random, 0.8)
      ? pick(random, ALL_IDS)
      : randomInt(random, 0x10000);
    return buildFrame(id, randomInt(random, 0x10000), this.#body(id, random));
  }

  /** Any bytes where a frame should be. */
  spoilt(random: Random): Uint8Array {
    return mutated(pick(random, this.recorded), random, pick(random, this.recorded));
  }

  #body(id: number, random: Random): Uint8Array {
    const message = COMMANDS.get(id)?.message ?? pick(random, this.bodies.names);
    const recorded = this.#byCommand.get(id);
    const source = recorded !== undefined && chance(random, 0.4)
      ? bodyOf(pick(random, recorded))
      : this.bodies.make(message, random);
    return chance(random, 0.5) ? source : mutated(source, random, pick(random, this.recorded));
  }
}

/** The same frame as another command. */
export function renamed(frame: Uint8Array, id: number): Uint8Array {
  return buildFrame(id, seqNumOf(frame), bodyOf(frame));
}

function isFrame(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_SIZE) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === bytes.length;
}
