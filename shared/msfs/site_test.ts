import assert from "node:assert/strict";
import { msfsBase, parseMsfsSite, storedFileUrl } from "./site.ts";

Deno.test("parseMsfsSite() takes URLs and bare addresses; a bare loopback is the msfs here", () => {
  const cases = {
    "http://10.0.0.1:8700": "http://10.0.0.1:8700/",
    "http://10.0.0.1:8700/": "http://10.0.0.1:8700/",
    "https://files.example/msfs//": "https://files.example/msfs/",
    "http://127.0.0.1": "http://127.0.0.1/",
    "files.example": "http://files.example/",
    "files.example:81/msfs": "http://files.example:81/msfs/",
    "127.0.0.1": "http://127.0.0.1:8700/",
    "localhost/": "http://localhost:8700/",
    "[::1]": "http://[::1]:8700/",
    "127.0.0.1:80": "http://127.0.0.1/",
  };
  for (const [site, href] of Object.entries(cases)) assert.equal(msfsBase(site).href, href, site);
});

Deno.test("parseMsfsSite() refuses what cannot be asked", () => {
  for (const site of ["", "ftp://x/", "http://", "http://a b/", "http://x/?a=1", "x#y", "a:b"]) {
    assert.equal(parseMsfsSite(site), undefined, site);
  }
  assert.throws(() => msfsBase("ftp://x/"), TypeError);
});

Deno.test("storedFileUrl() asks the msfs of today for /g0/, another URL where it points", () => {
  const base = msfsBase("http://new:8700/msfs");
  const cases = {
    "http://old:8700/g0/000/001/1_2.audio": "http://new:8700/msfs/g0/000/001/1_2.audio",
    "https://old/g0/a?b=c": "http://new:8700/msfs/g0/a?b=c",
    "g0/000/001/1_2.audio": "http://new:8700/msfs/g0/000/001/1_2.audio",
    "/g0/000/001/1_2.audio": "http://new:8700/msfs/g0/000/001/1_2.audio",
    "http://old/other/1.audio": "http://old/other/1.audio",
  };
  for (const [stored, href] of Object.entries(cases)) {
    assert.equal(storedFileUrl(base, stored)?.href, href, stored);
  }
});

Deno.test("storedFileUrl() gives null for what is no file of any msfs", () => {
  const base = msfsBase("http://new:8700");
  const bad = ["", "nothing", "file:///etc/passwd", "g0/../../etc/passwd", "/g0/%2e%2e/admin"];
  for (const stored of bad) assert.equal(storedFileUrl(base, stored), null, stored);
});
