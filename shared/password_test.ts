import { match, notStrictEqual as notEqual, strictEqual as equal } from "node:assert/strict";
import { hashPassword, md5Hex, teamtalkPasswordHash, verifyPassword } from "./password.ts";
import { seededRandom, systemRandom } from "./random.ts";

Deno.test("verifyPassword() accepts the password of hashPassword() and no other", async () => {
  for (const plain of ["secret", "", "密码 with spaces 😀", "x".repeat(1000)]) {
    const stored = await hashPassword(plain, systemRandom);
    equal(await verifyPassword(plain, stored), true);
    equal(await verifyPassword(`${plain} `, stored), false);
  }
});

Deno.test("hashPassword() names algorithm and cost, and salts", async () => {
  const stored = await hashPassword("secret", seededRandom(1));
  match(stored, /^scrypt\$n=16384,r=8,p=1\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
  notEqual(stored, await hashPassword("secret", seededRandom(2)));
});

Deno.test("verifyPassword() knows a hash that was made elsewhere, with its own cost", async () => {
  // Python: hashlib.scrypt(b"secret", salt=b"0123456789abcdef", n=1024, r=8, p=2, dklen=32)
  const stored =
    "scrypt$n=1024,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg==$nZQmmChskc0kq1xQAQuxDN4XR2a8s+J3zdz0HD5ufTw=";
  equal(await verifyPassword("secret", stored), true);
  equal(await verifyPassword("secret", stored.replace("p=2", "p=1")), false);
});

Deno.test("verifyPassword() is false for what is no hash", async () => {
  const salt = "A".repeat(22) + "==";
  const key = "B".repeat(43) + "=";
  const texts = [
    "",
    "secret",
    md5Hex("secret"),
    `scrypt$n=16384,r=8,p=1$${salt}`,
    `scrypt$n=16384,r=8,p=1$${salt}$AAAA`,
    `scrypt$n=16384,r=8,p=1$a=b$${key}`,
    `scrypt$n=1000,r=8,p=1$${salt}$${key}`,
    `scrypt$n=0,r=8,p=1$${salt}$${key}`,
    `scrypt$n=8388608,r=8,p=1$${salt}$${key}`,
    `bcrypt$n=16384,r=8,p=1$${salt}$${key}`,
  ];
  for (const text of texts) equal(await verifyPassword("secret", text), false, text);
});

Deno.test("teamtalkPasswordHash() is the chain that old rows hold", () => {
  // storage.md 6: client sends md5hex(plain); stored is md5hex of that followed by the salt.
  equal(md5Hex("123456"), "e10adc3949ba59abbe56e057f20f883e");
  equal(md5Hex("密码"), "a8105204604a0b11e916f3879aae3b0b");
  equal(teamtalkPasswordHash(md5Hex("123456"), "1234"), "b605e86d02eef8bfd0646f6a704c17c9");
});
