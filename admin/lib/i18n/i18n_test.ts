import assert from "node:assert/strict";
import { en } from "./en.ts";
import { isTextKey, preferredLang, type TextKey, translator } from "./mod.ts";
import { zh } from "./zh.ts";

const KEYS = Object.keys(en) as TextKey[];

Deno.test("every text has the same values in both languages, and none is empty", () => {
  const valuesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of KEYS) {
    assert.notEqual(zh[key].trim(), "", key);
    assert.deepEqual(valuesIn(zh[key]), valuesIn(en[key]), key);
  }
});

Deno.test("every text is used, and every key that pages name is a text", () => {
  const sources = [...sourceTexts(new URL("../../", import.meta.url))];
  const code = sources.join("\n");
  // Keys that are put together, like `status.${status}`.
  const beginnings = [...code.matchAll(/`(\w+\.[\w]*)\$\{/g)].map(([, start]) => start!);
  const needless = KEYS.filter((key) =>
    !code.includes(`"${key}"`) && !beginnings.some((start) => key.startsWith(start))
  );
  assert.deepEqual(needless, []);
  const named = [...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, key]) => key!);
  assert.ok(named.length > 100);
  assert.deepEqual(named.filter((key) => !isTextKey(key)), []);
});

function* sourceTexts(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory && !["fresh", "_fresh", "i18n"].includes(name)) yield* sourceTexts(url);
    else if (/\.tsx?$/.test(name)) yield Deno.readTextFileSync(url);
  }
}

Deno.test("translator() puts values in, and leaves braces of a value alone", () => {
  const t = translator("en");
  assert.equal(t("pager.range", { from: 1, to: 2, total: "{from}" }), "1–2 of {from}");
});

Deno.test("preferredLang() takes the best that there is", () => {
  const samples: readonly (readonly [string | null, string])[] = [
    [null, "en"],
    ["", "en"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh"],
    ["fr, en;q=0.2, zh;q=0.7", "zh"],
    ["de,ja", "en"],
    ["zh;q=0, en", "en"],
    ["constructor", "en"],
  ];
  for (const [header, lang] of samples) assert.equal(preferredLang(header), lang, String(header));
});
