/** The organisation, as an administrator changes it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { startAdminSuite } from "../support/admin_fixture.ts";

const flash = (page: Page): Promise<string | null> =>
  page.locator(".notice .notice-text").first().textContent();

browserTest("a department is added below another one, and clients list it", async ({ page }) => {
  await using admin = await startAdminSuite();
  await using ann = await admin.suite.cluster.login("user1");
  await admin.signIn(page);
  await page.goto(`${admin.origin}/departments`);
  await page.getByLabel("Name").fill("Ops");
  await page.getByLabel("Below").selectOption({ label: "Sales" });
  await page.getByLabel("Priority").fill("x");
  await page.locator("form.form button").click();
  const field = page.getByLabel("Priority");
  assert.equal(
    await field.evaluate((one: HTMLInputElement) => one.validity.patternMismatch),
    true,
  );
  await field.fill("7");
  await page.locator("form.form button").click();
  assert.equal(await flash(page), "Ops was added.");
  const { dept_list } = await ann.departments();
  const ops = dept_list.find(({ dept_name }) => dept_name === "Ops");
  assert.deepEqual([ops?.parent_dept_id, ops?.priority], [2, 7]);
});

browserTest(
  "a department is moved by dragging, and not below itself",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    const { owner } = admin.suite;
    await admin.signIn(page);
    await page.goto(`${admin.origin}/departments`);
    await page.locator(".tree-row[draggable=true]").first().waitFor();
    const row = (id: number) => page.locator(`.tree-row[data-id="${id}"]`);
    await row(2).dragTo(row(3));
    await page.waitForLoadState();
    await page.locator(".notice-done").waitFor();
    assert.equal(await flash(page), "Sales was moved.");
    assert.equal((await owner.ok("GET", "/departments/2")).parent_id, 3);
    await page.locator(".tree-row[draggable=true]").first().waitFor();
    await row(3).dragTo(row(2));
    assert.equal((await owner.ok("GET", "/departments/3")).parent_id, 0, "not below its own child");
    await row(2).dragTo(page.locator(".tree-top"));
    await page.waitForFunction(() =>
      document.querySelector('.tree-row[data-id="2"]')?.getAttribute("data-parent") === "0"
    );
    assert.equal((await owner.ok("GET", "/departments/2")).parent_id, 0);
    assert.deepEqual(complaints, []);
  },
);

browserTest(
  "a department with people is not deleted; once they are moved it is",
  async ({ newPage }) => {
    await using admin = await startAdminSuite();
    const page = await newPage({ javaScriptEnabled: false });
    await admin.signIn(page);
    await admin.suite.owner.ok("PATCH", "/departments/4", { parent_id: 0 });
    const remove = async (): Promise<void> => {
      await page.goto(`${admin.origin}/departments/1`);
      await page.locator('[popovertarget="delete"]').first().click();
      await page.locator("#delete .btn-danger").click();
    };
    await remove();
    assert.equal(
      await page.locator('[role="alert"]').textContent(),
      "There are people in it. Move them first.",
    );
    await page.getByRole("button", { name: "Move" }).click();
    assert.match(await page.locator('[role="alert"]').textContent() ?? "", /Choose people/);
    for (const box of await page.locator('input[type="checkbox"]').all()) await box.check();
    await page.getByLabel("Move chosen people to").selectOption({ label: "Support" });
    await page.getByRole("button", { name: "Move" }).click();
    assert.equal(await flash(page), "12 people were moved.");
    assert.equal((await admin.suite.owner.ok("GET", "/departments/3")).user_count, 12);
    await remove();
    assert.equal(await flash(page), "The department was deleted.");
  },
);

browserTest("a department is renamed, given a priority, and moved by choice", async ({ page }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  await page.goto(`${admin.origin}/departments/2`);
  await page.getByLabel("Name").fill("销售");
  await page.getByLabel("Below").selectOption({ label: "Support" });
  await page.getByLabel("Priority").fill("9");
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal(await flash(page), "销售 was saved.");
  const { name, parent_id, priority } = await admin.suite.owner.ok("GET", "/departments/2");
  assert.deepEqual([name, parent_id, priority], ["销售", 3, 9]);
});
