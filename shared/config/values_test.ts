import assert from "node:assert/strict";
import { type Field, optional } from "./field.ts";
import { loadConfig } from "./load.ts";
import { defineConfig } from "./schema.ts";
import { ConfigError } from "./error.ts";
import { memorySource } from "./source.ts";
import { choice, flag, host, integer, ipList, port, text, url } from "./values.ts";

function read<T>(field: Field<T>, raw: string): T {
  const schema = defineConfig("a.conf", { Key: field });
  return loadConfig(schema, memorySource({ files: { "a.conf": `Key=${raw}` } })).Key as T;
}

function assertRefused(field: Field<unknown>, raw: string, problem: string): void {
  assert.throws(
    () => read(field, raw),
    (error) => error instanceof ConfigError && error.message === `a.conf:1: ${problem}`,
    `${raw} should be refused with: ${problem}`,
  );
}

Deno.test("integer() accepts both limits and refuses what is outside or no whole number", () => {
  const field = integer({ min: -1, max: 64 });
  assert.equal(read(field, "-1"), -1);
  assert.equal(read(field, "064"), 64);
  for (const raw of ["65", "-2", "1.5", "1e1", "0x10", "ten", "1 2", "9".repeat(30)]) {
    const allowed = "a whole number from -1 to 64";
    assertRefused(field, raw, `Key="${raw}" is not allowed; allowed: ${allowed}`);
  }
});

Deno.test("port() allows 0 only with allowZero", () => {
  assert.equal(read(port({ allowZero: true }), "0"), 0);
  assert.equal(read(port(), "65535"), 65535);
  const problem = 'Key="0" is not allowed; allowed: a whole number from 1 to 65535';
  assertRefused(port(), "0", problem);
});

Deno.test("text() checks its pattern and describes it in the words given", () => {
  const field = text({ pattern: /^[a-z]+$/, allowed: "small letters" });
  assert.equal(read(field, "abc"), "abc");
  assertRefused(field, "aBc", 'Key="aBc" is not allowed; allowed: small letters');
});

Deno.test("choice() refuses other words and lists its own", () => {
  const field = choice(["sqlite", "mysql"]);
  assert.equal(read(field, "mysql"), "mysql");
  assertRefused(field, "MySQL", 'Key="MySQL" is not allowed; allowed: sqlite, mysql');
});

Deno.test("flag() reads 1 and 0 only", () => {
  assert.equal(read(flag(), "1"), true);
  assert.equal(read(flag(), "0"), false);
  assertRefused(flag(), "yes", 'Key="yes" is not allowed; allowed: 0 or 1');
});

Deno.test("ipList() splits at semicolons and drops blanks, empty parts and repeats", () => {
  assert.deepEqual(read(ipList(), "10.0.0.1 ; ::1;;localhost;10.0.0.1;"), [
    "10.0.0.1",
    "::1",
    "localhost",
  ]);
  const allowed = "one or more of an IP address or a host name, separated by ;";
  for (const raw of [";", "10.0.0.1;10.0.0", "1.1.1.1,2.2.2.2"]) {
    assertRefused(ipList(), raw, `Key="${raw}" is not allowed; allowed: ${allowed}`);
  }
});

Deno.test("host() accepts addresses and names and refuses slips in an address", () => {
  for (const raw of ["127.0.0.1", "fe80::1", "db_proxy", "im.example.org"]) {
    assert.equal(read(host(), raw), raw);
  }
  for (const raw of ["300.1.1.1", "127.0.0", "a b", "http://a", "a..b", "-a", "a:80"]) {
    const allowed = "an IP address or a host name";
    assertRefused(host(), raw, `Key="${raw}" is not allowed; allowed: ${allowed}`);
  }
});

Deno.test("url() keeps the text as written and refuses other protocols", () => {
  assert.equal(read(url(), "http://127.0.0.1:8700/"), "http://127.0.0.1:8700/");
  assert.equal(read(url(), "HTTP://Host"), "HTTP://Host");
  const allowed = "a URL that starts with http:// or https://";
  for (const raw of ["127.0.0.1", "ftp://h/", "http:/h", "http://a b/"]) {
    assertRefused(url(), raw, `Key="${raw}" is not allowed; allowed: ${allowed}`);
  }
});

Deno.test("a refused value is shown cut, on one line and without the login part of a URL", () => {
  const allowed = "a whole number from 0 to 1";
  const field = integer({ min: 0, max: 1 });
  const cut = `Key="${"x".repeat(80)}…" is not allowed; allowed: ${allowed}`;
  assertRefused(field, "x".repeat(100), cut);
  const login = `Key="mysql://***@db/" is not allowed; allowed: ${allowed}`;
  assertRefused(field, "mysql://root:hunter2@db/", login);
  assertRefused(field, "a\u2028\x1b", `Key="a\\u2028\\u001b" is not allowed; allowed: ${allowed}`);
});

Deno.test("a default stands in for a missing or empty value, optional() gives null", () => {
  const schema = defineConfig("a.conf", {
    Count: integer({ min: 1, max: 9, default: 7 }),
    Name: optional(text()),
    Given: optional(text()),
  });
  const files = { "a.conf": "Count=\nName=\nGiven=x" };
  assert.deepEqual(loadConfig(schema, memorySource({ files })), {
    Count: 7,
    Name: null,
    Given: "x",
  });
});
