import assert from "node:assert/strict";
import { browserTest } from "../test_support/browser.ts";
import { developSite } from "./test_support/development.ts";

browserTest(
  "Builder.listen(), the browser follows changes of pages, islands and styles",
  async ({ page, complaints }) => {
    await using site = await developSite();
    await page.goto(`${site.origin}/items/special`);
    await site.change("routes/(shop)/items/special.tsx", "Special", "Changed");
    await page.getByRole("heading", { name: "Changed" }).waitFor();

    await page.goto(site.origin);
    await page.locator("#one button").waitFor();
    await site.change("islands/counter.tsx", "{name}: {count}", "{name} has {count}");
    await page.getByRole("button", { name: "one has 1" }).waitFor();
    await page.locator("fresh-island[data-ready] #one").waitFor();
    await page.locator("#one button").click();
    assert.equal(await page.locator("#two button").textContent(), "two has 2");

    await site.change("static/site.css", "rgb(1, 2, 3)", "rgb(4, 5, 6)");
    await page.waitForFunction(() => getComputedStyle(document.body).color === "rgb(4, 5, 6)");
    const failures = complaints.filter((one) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE/.test(one));
    assert.deepEqual(failures, []);
  },
);
