/** The small pure parts of the admin. */
import assert from "node:assert/strict";
import { localPath } from "./answers.ts";
import { ApiError, type Department, mayAct } from "./api.ts";
import { cookieHeader, readCookies } from "./cookies.ts";
import { csvCells, csvRecords, csvValue } from "./csv.ts";
import { departmentChoices, departmentTree } from "./departments.ts";
import { flashText, parseFlash } from "./flash.ts";
import { checkValues, errorsOf, RULES, valuesOf } from "./forms.ts";
import { formatBytes, formatDuration } from "./format.ts";
import { translator } from "./i18n/mod.ts";
import { initialsOf, pictureHref, storedPicture } from "./pictures.ts";
import { Places } from "./places.ts";
import { hasFile, keptFields, keptForm } from "./kept_form.ts";
import { choiceOf, dayOf, idOf, numberOf, searchOf, withQuery } from "./query.ts";
import { PARTS, VERSION } from "./versions.ts";

const t = translator("en");

Deno.test("a cookie comes back as it was set, and nonsense is left out", () => {
  const header = cookieHeader({ name: "a", value: "x; y=ü" }, { secureCookies: true });
  assert.equal(header, "a=x%3B%20y%3D%C3%BC; Path=/; HttpOnly; SameSite=Strict; Secure");
  const headers = new Headers({ cookie: `${header.split(";")[0]}; b; c=%E0%A4; d=1` });
  assert.deepEqual([...readCookies(headers)], [["a", "x; y=ü"], ["d", "1"]]);
});

Deno.test("localPath() knows paths of this site only", () => {
  for (const path of ["/", "/users?search=a&page=2"]) assert.equal(localPath(path), path);
  const foreign = [null, "", "users", "//x", "/\\x", "https://x", "/a b", "/ü", "/a\n"];
  for (const path of foreign) assert.equal(localPath(path), "/", String(path));
});

Deno.test("parseFlash() takes what flashText() writes and nothing else", () => {
  const flash = { kind: "done", key: "users.saved", values: { name: "ann" }, undo: null } as const;
  assert.deepEqual(parseFlash(flashText(flash)), flash);
  const undo = { action: "/users/1", fields: [["intent", "enable"], ["status", "4"]] } as const;
  assert.deepEqual(parseFlash(flashText({ ...flash, undo })), { ...flash, undo });
  const long = { action: "/users/1", fields: [["people", "名".repeat(500)]] } as const;
  assert.deepEqual(parseFlash(flashText({ ...flash, undo: long })), flash, "too long for a cookie");
  for (const action of ["//x/y", "https://x/", "/\\x", 'x"']) {
    assert.deepEqual(parseFlash(flashText({ ...flash, undo: { ...undo, action } })), flash, action);
  }
  const odd = ["{", "1", "null", '{"kind":"done","key":"toString","values":{}}', "{}"];
  for (const text of odd) assert.equal(parseFlash(text), null, text);
});

Deno.test("keptForm() gets back what keptFields() keeps: all but passwords and files", () => {
  const form = new FormData();
  for (const [name, value] of [["name", "zoe"], ["member", "1"], ["member", "2"]]) {
    form.append(name!, value!);
  }
  form.append("new_password", "secret");
  form.append("file", new File(["x"], "x.png"));
  const sent = new FormData();
  for (const [name, value] of [["name", "root"], ["password", "p"], ...keptFields(form)]) {
    sent.append(name!, value!);
  }
  assert.deepEqual([...keptForm(sent) ?? []], [
    ...[["name", "zoe"], ["member", "1"], ["member", "2"], ["new_password", ""]],
  ]);
  assert.ok(hasFile(form) && !hasFile(sent));
  assert.equal(keptForm(new FormData()), null);
});

Deno.test("dayOf() gives the seconds of a day, and nothing for what is none", () => {
  const day = (text: string) => dayOf(new URL(`http://x/?from=${text}`), "from");
  const { since, until } = day("2026-01-31")!;
  assert.equal(until - since, 24 * 3600 - 1);
  assert.equal(new Date(since * 1000).getDate(), 31);
  for (const odd of ["", "x", "2026-02-30", "2026-1-1", "0001-01-01"]) {
    assert.equal(day(odd), null, odd);
  }
});

Deno.test("checkValues() counts signs as people do, and names the limit", () => {
  const check = (values: Record<string, string>) => checkValues(values, RULES.department, t);
  assert.deepEqual(check({ name: "" }), { name: "This is needed." });
  assert.deepEqual(check({ name: "😀".repeat(64), priority: "4294967295" }), {});
  assert.deepEqual(check({ name: "a".repeat(65), priority: "1.5" }), {
    name: "At most 64 characters.",
    priority: "A whole number, 0 or more.",
  });
  assert.deepEqual(check({ name: "a", priority: "4294967296" }), {
    priority: "A whole number, 0 or more.",
  });
});

Deno.test("valuesOf() trims all but passwords", () => {
  const form = new FormData();
  form.append("name", " ann ");
  form.append("new_password", " x ");
  form.append("file", new Blob(["x"]));
  assert.deepEqual(valuesOf(form), { name: "ann", new_password: " x " });
});

Deno.test("errorsOf() puts a refusal beside its field, and lets the end of a session through", () => {
  const facts = { status: 409, message: "taken", field: null };
  const taken = new ApiError({ ...facts, code: "name_taken" });
  assert.deepEqual(errorsOf(taken, { fields: ["name"], t }), { name: "This name is in use." });
  assert.deepEqual(errorsOf(taken, { fields: [], t }), { "": "This name is in use." });
  const ended = new ApiError({ ...facts, code: "credential_expired" });
  assert.throws(() => errorsOf(ended, { fields: [], t }), ended);
  const bug = new Error("a bug");
  assert.throws(() => errorsOf(bug, { fields: [], t }), bug);
});

Deno.test("csvCells() reads what csvValue() writes", () => {
  const values = ["plain", 'a "quoted", one', "two\nlines", "", "'=1", "=1"];
  const [record, ...more] = csvRecords(`\ufeff${values.map(csvValue).join(",")}\r\n\r\n`);
  assert.deepEqual(more, []);
  assert.deepEqual(csvCells(record!), ["plain", 'a "quoted", one', "two\nlines", "", "''=1", "=1"]);
});

function department(id: number, parent_id: number): Department {
  return { id, parent_id, name: `d${id}`, priority: 0, user_count: 0, created: 1, updated: 1 };
}

Deno.test("departmentTree() shows each once, also those in a circle or below nothing", () => {
  const all = [
    department(1, 0),
    department(2, 1),
    department(3, 9),
    department(4, 5),
    department(5, 4),
  ];
  const labels = departmentChoices(all).map(({ label }) => label);
  assert.deepEqual(labels, ["d1", "\u2003d2", "d3", "d4", "\u2003d5"]);
  assert.deepEqual(departmentTree([]), []);
  assert.deepEqual(departmentChoices(all, 1).map(({ value }) => value), [3, 4, 5]);
});

Deno.test("pictures are asked of msfs only, whatever was stored", () => {
  const path = "g0/000/001/ab_1x1.jpg";
  for (const stored of [path, `/${path}`, `http://old.example:8700/${path}`]) {
    assert.equal(pictureHref(stored), `/pictures/${path}`, stored);
  }
  for (const stored of ["", "http://x/a.png", "javascript:alert(1)", "g0/../../etc/passwd"]) {
    assert.equal(pictureHref(stored), null, stored);
  }
  const site = "http://127.0.0.1:8700/";
  assert.equal(storedPicture(path, site)?.href, site + path);
  assert.equal(storedPicture("g0/000/001/..%2f", site), null);
  assert.equal(storedPicture(path, null), null);
  assert.deepEqual(["Ann", "ann lee", "王小明", "", "😀 b"].map(initialsOf), [
    ...["A", "AL", "王", "?", "😀B"],
  ]);
});

Deno.test("Places gives no more than there are, and takes each back once", () => {
  const places = new Places(1);
  const place = places.take();
  assert.equal(places.take(), null);
  place?.release();
  place?.release();
  assert.equal(place?.isTaken, false);
  assert.ok(places.take() !== null && places.take() === null);
});

Deno.test("what an address asks for is checked", () => {
  const url = new URL("http://x/users?page=0&sort=evil&search=%00a%20&id=4294967296");
  assert.equal(numberOf(url, "page", { min: 1, max: 9, fallback: 1 }), 1);
  assert.equal(choiceOf(url, "sort", ["id", "name"]), "id");
  assert.equal(searchOf(url), "a");
  assert.deepEqual(["7", "0", "-1", "1e3", "4294967296", undefined].map(idOf), [
    ...[7, null, null, null, null, null],
  ]);
  assert.equal(withQuery(url, { page: 2, sort: null, search: "", id: null }), "/users?page=2");
});

Deno.test("sizes and times have two digits that matter", () => {
  assert.deepEqual([0, 1023, 1536, 5 * 1024 ** 3].map((one) => formatBytes(one, "en")), [
    ...["0 B", "1,023 B", "1.5 KB", "5 GB"],
  ]);
  assert.deepEqual([0, 59, 3600, 90_061].map(formatDuration), ["0 s", "59 s", "1 h", "1 d 1 h"]);
});

Deno.test("mayAct() ranks the roles", () => {
  assert.ok(mayAct("owner", "manager") && mayAct("manager", "manager"));
  assert.ok(!mayAct("read_only", "manager") && !mayAct("manager", "owner"));
});

Deno.test("the page about the admin names the versions that are used", () => {
  const read = (path: string) =>
    JSON.parse(Deno.readTextFileSync(new URL(path, import.meta.url))) as {
      readonly version: string;
      readonly imports: Readonly<Record<string, string>>;
    };
  assert.equal(VERSION, read("../../deno.json").version);
  const used = Object.values(read("../deno.json").imports)
    .flatMap((one) => /^npm:(@?[^@]+)@([\d.]+)$/.exec(one)?.slice(1, 3).join(" ") ?? []);
  const named = PARTS.map(({ name, version }) => `${name} ${version}`);
  assert.deepEqual(named.toSorted(), [...new Set(used)].toSorted());
});
