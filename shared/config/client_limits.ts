/**
 * How many connections of clients a listener takes. Keys of ours, the same in every role that has
 * clients; what happens at each limit is said at the field.
 */
import type { Field } from "./field.ts";
import { integer } from "./values.ts";

export interface ClientLimits {
  /** Connections of one address; a further one is closed at once. Absent: no limit. */
  readonly maxLinksPerAddress?: number;
  /** Connections that have not logged in; for a further one the oldest of them is closed. */
  readonly newcomers: {
    readonly max: number;
    /** Of one address; `null`: no limit but `max`. */
    readonly maxPerAddress: number | null;
  };
}

/** The field of `MaxConnCntPerIP`, `MaxNewConnCnt` and `MaxNewConnCntPerIP`; 0 is no limit. */
export function clientLimits(
  defaults: { readonly newcomers: number; readonly newcomersPerIp: number },
): Field<ClientLimits> {
  const read = (otherwise: number, min = 0) => integer({ min, max: 1_000_000, default: otherwise });
  return {
    isSet: () => true,
    read: (_key, from) => {
      const perAddress = read(0).read("MaxConnCntPerIP", from) ?? 0;
      const max = read(defaults.newcomers, 1).read("MaxNewConnCnt", from) ?? 1;
      const newPerAddress = read(defaults.newcomersPerIp).read("MaxNewConnCntPerIP", from) ?? 0;
      return {
        ...(perAddress === 0 ? {} : { maxLinksPerAddress: perAddress }),
        newcomers: { max, maxPerAddress: newPerAddress === 0 ? null : newPerAddress },
      };
    },
  };
}

/** Connections of one address at an HTTP listener: `MaxConnCntPerIP`; 0 is no limit. */
export function connectionsPerIp(): Field<number> {
  return integer({ min: 0, max: 1_000_000, default: 0 });
}
