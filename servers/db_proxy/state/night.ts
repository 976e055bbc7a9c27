/** When iPhones with the shield on get no pushes (docs/spec/flows.md 18, pitfalls.md P-PUSH8). */

/** Crosses to the worker by structured clone, so it holds plain values only. */
export interface NightHours {
  /** Hours from 0 to 23. The night ends before `endHour` begins; equal ones leave no night. */
  readonly beginHour: number;
  readonly endHour: number;
  /** IANA name; `null` is the zone of the machine. */
  readonly timeZone: string | null;
}

/** The original's: from 22:00:00 to 07:59:59 of the machine's time. */
export const DEFAULT_NIGHT: NightHours = { beginHour: 22, endHour: 8, timeZone: null };

export function isTimeZone(name: string): boolean {
  try {
    hourFormat(name);
    return true;
  } catch {
    // RangeError: not a name that this machine knows.
    return false;
  }
}

export class Night {
  readonly #hours: NightHours;
  readonly #format: Intl.DateTimeFormat | null;

  constructor(hours: NightHours) {
    this.#hours = hours;
    this.#format = hours.timeZone === null ? null : hourFormat(hours.timeZone);
  }

  includes(unixMs: number): boolean {
    const { beginHour, endHour } = this.#hours;
    const time = new Date(unixMs);
    const hour = this.#format === null ? time.getHours() : Number(this.#format.format(time));
    return beginHour <= endHour
      ? hour >= beginHour && hour < endHour
      : hour >= beginHour || hour < endHour;
  }
}

/** @throws {RangeError} for an unknown zone */
function hourFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone });
}
