import assert from "node:assert/strict";
import { inspect } from "node:util";
import { optional } from "./field.ts";
import { loadConfig } from "./load.ts";
import { defineConfig } from "./schema.ts";
import { Secret } from "./secret.ts";
import { bytes32, secret } from "./secrets.ts";
import { memorySource } from "./source.ts";

const KEY = "12345678901234567890123456789012";
const schema = defineConfig("a.conf", { Pass: optional(secret()), aesKey: optional(bytes32()) });

function load(
  text: string,
  { files = {}, env = {} }: {
    files?: Record<string, string>;
    env?: Record<string, string>;
  } = {},
) {
  return loadConfig(schema, memorySource({ files: { ...files, "a.conf": text }, env }));
}

Deno.test("secret() reads the key itself or the file that <Key>File names", () => {
  const files = { "/run/pass": "from # file \r\n" };
  assert.equal(load("Pass=direct").Pass?.reveal(), "direct");
  assert.equal(load("PassFile=/run/pass", { files }).Pass?.reveal(), "from # file ");
});

Deno.test("secret() lets the environment override the file whichever of the two keys it uses", () => {
  const files = { s: "from file" };
  const byFile = load("Pass=old", { files, env: { TEAMTALK_A_PASSFILE: "s" } });
  assert.equal(byFile.Pass?.reveal(), "from file");
  const byValue = load("PassFile=s", { files, env: { TEAMTALK_A_PASS: "hash # kept" } });
  assert.equal(byValue.Pass?.reveal(), "hash # kept");
});

Deno.test("secret() refuses both keys in one place and a file that is missing or empty", () => {
  assert.throws(() => load("Pass=hunter2\nPassFile=s"), {
    message: 'a.conf:2: PassFile="s" is not allowed; allowed: either Pass or PassFile, not both',
  });
  const message = 'a.conf:1: PassFile="s" is not allowed; ' +
    "allowed: the path of a readable file that is not empty";
  assert.throws(() => load("PassFile=s"), { message });
  assert.throws(() => load("PassFile=s", { files: { s: "\n" } }), { message });
});

Deno.test("secret() is required without a default", () => {
  const required = defineConfig("a.conf", { Pass: secret() });
  assert.throws(() => loadConfig(required, memorySource({ files: { "a.conf": "Pass=" } })), {
    message:
      "a.conf: Pass is missing or empty; allowed: a text, here or in a file named by PassFile",
  });
  const withDefault = defineConfig("a.conf", { Pass: secret({ default: "" }) });
  assert.equal(loadConfig(withDefault, memorySource({})).Pass.reveal(), "");
});

Deno.test("bytes32() accepts exactly 32 bytes, also from a file", () => {
  assert.deepEqual(load(`aesKey=${KEY}`).aesKey?.reveal(), new TextEncoder().encode(KEY));
  assert.equal(load("aesKeyFile=k", { files: { k: `${KEY}\n` } }).aesKey?.reveal().length, 32);
});

Deno.test("bytes32() refuses another length without showing the value", () => {
  const message = "a.conf:1: aesKey is not allowed; allowed: exactly 32 bytes";
  assert.throws(() => load("aesKey=hunter2"), { message });
  assert.throws(() => load(`aesKey=${KEY}3`), { message });
  assert.throws(() => load(`aesKey=${"é".repeat(31)}`), { message });
});

Deno.test("Secret shows nothing when printed, joined to a text or serialised", () => {
  const value = new Secret("hunter2");
  for (
    const shown of [inspect(value), Deno.inspect({ value }), `${value}`, JSON.stringify(value)]
  ) {
    assert.doesNotMatch(shown, /hunter2/);
  }
});
