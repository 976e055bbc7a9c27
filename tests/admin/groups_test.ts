/** Groups, as an administrator changes them and as their members hear of it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { GROUP_MODIFY_TYPE_ADD, GROUP_MODIFY_TYPE_DEL } from "../../proto/mod.ts";
import { startAdminSuite } from "../support/admin_fixture.ts";

const flash = (page: Page): Promise<string | null> =>
  page.locator("main > div > .notice").first().textContent();

browserTest(
  "members are found and picked, and learn of their group at once",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    await using ann = await admin.suite.cluster.login("user1");
    await using bob = await admin.suite.cluster.login("user2");
    await admin.signIn(page);
    await page.goto(`${admin.origin}/groups/new`);
    await page.getByLabel("Name").first().fill("Lunch");
    await page.getByLabel("Type").selectOption("temporary");
    for (const name of ["user1", "user2"]) {
      await page.getByLabel("Find people").fill(name);
      await page.getByRole("button", { name: `Add ${name}`, exact: true }).click();
    }
    assert.equal(await page.locator("#members-people").inputValue(), "user1 #1\nuser2 #2");
    await page.locator("main form .btn-primary").click();
    assert.equal(await flash(page), "Lunch was made.");
    for (const member of [ann, bob]) {
      const { change_type, chg_user_id_list } = await member.next("groupChanged");
      assert.deepEqual([change_type, chg_user_id_list], [GROUP_MODIFY_TYPE_ADD, [1, 2]]);
    }
    const { type } = await admin.suite.owner.ok("GET", "/groups/3");
    assert.equal(type, "temporary");
    assert.deepEqual(complaints, []);
  },
);

browserTest("names are typed without scripts, and an unknown one is named", async ({ newPage }) => {
  await using admin = await startAdminSuite();
  const page = await newPage({ javaScriptEnabled: false });
  await admin.signIn(page);
  await page.goto(`${admin.origin}/groups/new`);
  await page.getByLabel("Name").first().fill("Lunch");
  await page.locator("#members-people").fill("user1\nnobody\n");
  await page.locator("main form .btn-primary").click();
  assert.equal(await page.locator(".field-error").textContent(), "Unknown: nobody");
  assert.equal(await page.getByLabel("Name").first().inputValue(), "Lunch");
  await page.locator("#members-people").fill("user1\nuser3");
  await page.locator("main form .btn-primary").click();
  assert.equal(await flash(page), "Lunch was made.");
  assert.equal(await page.locator("tbody tr").count(), 2);
});

browserTest("members are added and removed, and told", async ({ page }) => {
  await using admin = await startAdminSuite();
  await using ann = await admin.suite.cluster.login("user1");
  await using dora = await admin.suite.cluster.login("user4");
  await admin.signIn(page);
  await page.goto(`${admin.origin}/groups/1`);
  await page.locator("#members-people").fill("user4");
  await page.getByRole("button", { name: "Add members" }).click();
  assert.equal(await flash(page), "1 members were added.");
  assert.deepEqual((await dora.next("groupChanged")).chg_user_id_list, [4]);
  await ann.next("groupChanged");
  await page.getByLabel("Choose user4").check();
  await page.locator('[popovertarget="remove"]').first().click();
  await page.locator("#remove .btn-danger").click();
  assert.equal(await flash(page), "1 members were removed.");
  const left = await dora.next("groupChanged");
  assert.deepEqual([left.change_type, left.chg_user_id_list], [GROUP_MODIFY_TYPE_DEL, [4]]);
});

browserTest(
  "a group gets another name and owner, and is dismissed",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    await using ann = await admin.suite.cluster.login("user1");
    await admin.signIn(page);
    await page.goto(`${admin.origin}/groups/1`);
    await page.getByLabel("Name").fill("Dinner");
    await page.getByRole("button", { name: "Save" }).click();
    assert.equal(await flash(page), "Dinner was saved.");
    await ann.next("groupChanged");
    await page.getByRole("button", { name: "Make owner: user3" }).click();
    assert.equal(await flash(page), "The group has a new owner.");
    const group = await admin.suite.owner.ok("GET", "/groups/1");
    assert.deepEqual([group.name, group.creator_id], ["Dinner", 3]);
    await ann.next("groupChanged");
    await page.locator('[popovertarget="delete"]').first().click();
    await page.locator("#delete .btn-danger").click();
    assert.equal(await flash(page), "The group was dismissed.");
    const gone = await ann.next("groupChanged");
    assert.deepEqual([gone.change_type, gone.cur_user_id_list], [GROUP_MODIFY_TYPE_DEL, []]);
    assert.deepEqual(complaints, []);
  },
);

browserTest("groups are searched, and those of one user listed", async ({ page }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  await page.goto(`${admin.origin}/groups?member_id=9`);
  assert.equal(await page.locator(".empty h2").textContent(), "No group fits this search.");
  await page.goto(`${admin.origin}/users/1`);
  await page.getByRole("link", { name: "group2" }).click();
  assert.equal(new URL(page.url()).pathname, "/groups/2");
  await page.goto(`${admin.origin}/groups`);
  await page.getByLabel("Type").selectOption("temporary");
  await page.getByRole("button", { name: "Filter" }).click();
  assert.deepEqual(await page.locator("tbody strong").allTextContents(), ["group2"]);
});
