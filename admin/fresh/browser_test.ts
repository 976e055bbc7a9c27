import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../test_support/browser.ts";
import { serveSite } from "./test_support/site.ts";

/** Every outermost island is alive. */
async function allReady(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.querySelector("fresh-island") !== null &&
    document.querySelector("fresh-island:not([data-ready])") === null
  );
}

browserTest(
  "islands come to life with their properties, and no policy is broken",
  async ({ page, complaints }) => {
    await using site = await serveSite();
    await page.goto(site.origin);
    await allReady(page);
    const output = await page.locator("#one output").textContent();
    assert.equal(output, "browser, 1970-01-01T00:00:00.000Z");
    assert.equal(
      await page.locator("fresh-island").count(),
      4,
      "an island in an island is no other",
    );
    assert.equal(await page.title(), "Home & garden");
    assert.deepEqual(complaints, []);
  },
);

browserTest(
  "a signal that islands share changes in all of them, and in no other",
  async ({ page, complaints }) => {
    await using site = await serveSite();
    await page.goto(site.origin);
    await allReady(page);
    await page.locator("#one button").click();
    await page.locator("#two button").click();
    const texts = await page.locator("button").allTextContents();
    assert.deepEqual(texts, ["one: 3", "two: 3", "</script><b>: 7"]);
    const doubles = await page.locator("fresh-island b").allTextContents();
    assert.deepEqual(doubles, ["6", "6", "14", "6"]);
    assert.deepEqual(complaints, []);
  },
);

browserTest("a page without islands loads no script at all", async ({ page, complaints }) => {
  await using site = await serveSite();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.resourceType()));
  await page.goto(`${site.origin}/items/7`);
  assert.deepEqual(asked.sort(), ["document", "stylesheet"]);
  assert.deepEqual(complaints, []);
});

browserTest(
  "forms work without scripts: what was wrong is shown, what was right is done",
  async ({ newPage, complaints }) => {
    await using site = await serveSite();
    const page = await newPage({ javaScriptEnabled: false });
    await page.goto(`${site.origin}/items`);
    await page.locator("form button").click();
    assert.equal(await page.locator("[role=alert]").textContent(), "A name is needed");
    await page.locator("input").fill("a b/c");
    await page.locator("form button").click();
    assert.equal(await page.locator("h1").textContent(), "Item a b%2Fc");
    // The browser itself reports the answer 422.
    assert.deepEqual(complaints.filter((one) => !one.includes("422")), []);
  },
);

browserTest("an inline script that slips into a page is not run", async ({ page, complaints }) => {
  await using site = await serveSite();
  await page.goto(`${site.origin}/injected`);
  assert.equal(await page.title(), "Site");
  assert.equal(complaints.length, 2, complaints.join("\n"));
  for (const one of complaints) assert.match(one, /Content Security Policy/);
});

browserTest(
  "an error page is a page with its style",
  async ({ page, complaints }) => {
    await using site = await serveSite();
    const response = await page.goto(`${site.origin}/api/broken`);
    assert.equal(response?.status(), 500);
    assert.equal(await page.locator("h1").textContent(), "It broke");
    const colour = await page.evaluate(() => getComputedStyle(document.body).color);
    assert.equal(colour, "rgb(1, 2, 3)");
    assert.deepEqual(complaints.filter((one) => !one.includes("500")), []);
  },
);
