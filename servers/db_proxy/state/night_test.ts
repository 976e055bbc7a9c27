import assert from "node:assert/strict";
import { isTimeZone, Night } from "./night.ts";

const at = (time: string): number => Date.parse(`2026-07-01T${time}Z`);

function hoursOf(night: Night): number[] {
  return Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
    night.includes(at(`${String(hour).padStart(2, "0")}:59:59`))
  );
}

const NIGHTS: readonly (readonly [begin: number, end: number, hours: readonly number[]])[] = [
  [22, 2, [0, 1, 22, 23]],
  [1, 4, [1, 2, 3]],
  [23, 0, [23]],
  [0, 1, [0]],
  [8, 8, []],
];

for (const [beginHour, endHour, expected] of NIGHTS) {
  Deno.test(`Night from ${beginHour} to ${endHour} is the hours ${expected.join(", ")}`, () => {
    assert.deepEqual(hoursOf(new Night({ beginHour, endHour, timeZone: "UTC" })), expected);
  });
}

Deno.test("Night, in the time of its zone, summer time included (P-PUSH8)", () => {
  const night = (timeZone: string) => new Night({ beginHour: 22, endHour: 8, timeZone });
  assert.equal(night("Asia/Shanghai").includes(at("13:59:59")), false);
  assert.equal(night("Asia/Shanghai").includes(at("14:00:00")), true);
  assert.equal(night("Europe/Berlin").includes(at("20:00:00")), true);
  assert.equal(night("Europe/Berlin").includes(Date.parse("2026-01-01T20:30:00Z")), false);
});

Deno.test("Night, without a zone in the machine's time", () => {
  const night = new Night({ beginHour: 22, endHour: 8, timeZone: null });
  const time = new Date(at("12:00:00"));
  for (const [hour, isNight] of [[21, false], [22, true], [7, true], [8, false]] as const) {
    time.setHours(hour, 0, 0, 0);
    assert.equal(night.includes(time.getTime()), isNight);
  }
});

Deno.test("isTimeZone() knows IANA names", () => {
  const names = ["Asia/Shanghai", "UTC", "Shanghai", "", "UTC+25"];
  assert.deepEqual(names.map(isTimeZone), [true, true, false, false, false]);
});
