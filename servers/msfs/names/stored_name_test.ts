import assert from "node:assert/strict";
import { seededRandom } from "../../../shared/random.ts";
import { ok, refused } from "../../../shared/result.ts";
import { storedName, storedSuffix } from "./stored_name.ts";

Deno.test("storedSuffix() keeps the extension as written, and the size of a picture", () => {
  const cases = {
    "pic.png": ".png",
    "PIC.JPG": ".JPG",
    "pic_100x50.png": "_100x50.png",
    "a_b_0100x0050.jpeg": "_100x50.jpeg",
    "pic_9999x9999.jpeg": "_9999x9999.jpeg",
    // The original makes _0x0 of all that only looks like a size.
    "my_fox.png": ".png",
    "pic_100x50_.png": ".png",
    "pic_10000x50.png": ".png",
    "pic_x50.png": ".png",
    "pic_100x50.tar.gz": ".gz",
    "1.audio": ".audio",
    "../../etc/passwd_1x1.png": "_1x1.png",
    "a/b\\c\0.spx": ".spx",
    "a.123456789012345": ".123456789012345",
    // Cut to 15 characters with the size in front.
    "a_1000x1000.longextension": "_1000x1000.long",
  };
  for (const [name, suffix] of Object.entries(cases)) {
    assert.deepEqual(storedSuffix(name), ok(suffix), name);
  }
});

Deno.test("storedSuffix() refuses names without or with too long an extension, and long names", () => {
  assert.deepEqual(storedSuffix("noext"), refused("no_extension"));
  assert.deepEqual(storedSuffix("dot."), refused("no_extension"));
  assert.deepEqual(storedSuffix(""), refused("no_extension"));
  assert.deepEqual(storedSuffix("a.1234567890123456"), refused("bad_extension"));
  assert.deepEqual(storedSuffix("x".repeat(252) + ".png"), refused("name_too_long"));
  assert.deepEqual(storedSuffix("x".repeat(251) + ".png"), ok(".png"));
});

Deno.test("storedSuffix() refuses an extension that could mean something in a path", () => {
  for (const name of ["a./../../x", "a./etc/passwd", "a.p\0g", "a.p\\g", "a.%2e", "a.p g", "a.é"]) {
    assert.deepEqual(storedSuffix(name), refused("bad_extension"), name);
  }
});

Deno.test("storedName() has the original's form, and another one each time", () => {
  const random = seededRandom(7);
  const nowMs = 1_795_177_975_308;
  const names = Array.from({ length: 200 }, () => storedName("_100x50.png", { nowMs, random }));
  for (const name of names) assert.match(name, /^1795177975308\d{3}_\d{12}_100x50\.png$/);
  assert.equal(new Set(names).size, 200);
});
