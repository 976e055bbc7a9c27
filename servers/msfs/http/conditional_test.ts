import assert from "node:assert/strict";
import { isUnchanged, rangeApplies } from "./conditional.ts";

const DATE = "Wed, 25 Nov 2026 22:24:49 GMT";
const LATER = "Wed, 25 Nov 2026 22:24:50 GMT";
const EARLIER = "Wed, 25 Nov 2026 22:24:48 GMT";
/** Files have fractions of a second; dates in HTTP have not. */
const FILE = { etag: '"a-1"', modifiedMs: Date.parse(DATE) + 123 };

Deno.test("isUnchanged() compares tags, weakly, and only without them dates", () => {
  const cases: readonly (readonly [headers: Record<string, string>, expected: boolean])[] = [
    [{}, false],
    [{ "If-None-Match": '"a-1"' }, true],
    [{ "If-None-Match": 'W/"a-1"' }, true],
    [{ "If-None-Match": '"x", "a-1"' }, true],
    [{ "If-None-Match": "*" }, true],
    [{ "If-None-Match": '"a-2"' }, false],
    [{ "If-None-Match": "a-1" }, false],
    [{ "If-Modified-Since": DATE }, true],
    [{ "If-Modified-Since": LATER }, true],
    [{ "If-Modified-Since": EARLIER }, false],
    [{ "If-Modified-Since": "yesterday" }, false],
    [{ "If-None-Match": '"a-2"', "If-Modified-Since": LATER }, false],
  ];
  for (const [headers, expected] of cases) {
    assert.equal(isUnchanged(new Headers(headers), FILE), expected, JSON.stringify(headers));
  }
});

Deno.test("rangeApplies() unless If-Range names another version, or a weak tag", () => {
  const cases: readonly (readonly [ifRange: string | null, expected: boolean])[] = [
    [null, true],
    ['"a-1"', true],
    ['W/"a-1"', false],
    ['"a-2"', false],
    [DATE, true],
    [LATER, false],
    ["yesterday", false],
  ];
  for (const [ifRange, expected] of cases) {
    const headers = new Headers(ifRange === null ? {} : { "If-Range": ifRange });
    assert.equal(rangeApplies(headers, FILE), expected, String(ifRange));
  }
});
