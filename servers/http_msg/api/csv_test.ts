import assert from "node:assert/strict";
import fc from "fast-check";
import { csvLine, parseCsv } from "./csv.ts";

function values(text: string): (readonly string[])[] | null {
  return parseCsv(text)?.map((row) => row.values) ?? null;
}

Deno.test("parseCsv() reads what csvLine() wrote, whatever is in it", () => {
  const row = fc.array(fc.string({ unit: "grapheme" }), { minLength: 2, maxLength: 6 });
  fc.assert(fc.property(fc.array(row), (rows) => {
    assert.deepEqual(values(rows.map(csvLine).join("")), rows);
  }));
  assert.deepEqual(values(csvLine(["'=1", "''-x", "'a"])), [["'=1", "''-x", "'a"]]);
});

Deno.test("parseCsv() takes LF and CR LF, a byte order mark, quotes, and skips empty lines", () => {
  assert.deepEqual(values('\ufeffa,b\n\n"1,""2""\r\nx",\r\n'), [["a", "b"], ['1,"2"\r\nx', ""]]);
  assert.deepEqual(values("a,b"), [["a", "b"]]);
  assert.deepEqual(values(""), []);
});

Deno.test("parseCsv() numbers rows by the line they begin on", () => {
  const rows = parseCsv('a\n"x\ny"\n\nb\n')!;
  assert.deepEqual(rows.map(({ line }) => line), [1, 2, 5]);
});

for (const broken of ['"open', 'a"b', '"a"b', '"a" ,b', "a\rb"]) {
  Deno.test(`parseCsv() refuses ${JSON.stringify(broken)}`, () => {
    assert.equal(parseCsv(broken), null);
  });
}

Deno.test("csvLine() writes nothing that a spreadsheet would run", () => {
  assert.equal(csvLine(["=1+1", "+1", "-x", "@x", 5]), "'=1+1,'+1,'-x,'@x,5\r\n");
});
