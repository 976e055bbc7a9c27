/** Groups, as an administrator changes them and as their members hear of it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { GROUP_MODIFY_TYPE_ADD, GROUP_MODIFY_TYPE_DEL } from "../../proto/mod.ts";
import { company, startAdminSuite } from "../support/admin_fixture.ts";

const flash = (page: Page): Promise<string | null> =>
  page.locator(".notice .notice-text").first().textContent();

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
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await flash(page), "1 members were added.");
  const back = await dora.next("groupChanged");
  assert.deepEqual([back.change_type, back.chg_user_id_list], [GROUP_MODIFY_TYPE_ADD, [4]]);
});

browserTest("a hundred members are typed by name, and a picture is shown", async ({ newPage }) => {
  await using admin = await startAdminSuite({ seed: company(120) });
  const { owner } = admin.suite;
  await owner.ok("PATCH", "/users/2", { avatar: `${admin.msfs}/g0/000/000/two.png` });
  const page = await newPage({ javaScriptEnabled: false });
  await admin.signIn(page);
  await page.goto(`${admin.origin}/groups/new`);
  await page.getByLabel("Name").first().fill("Everybody");
  const names = Array.from({ length: 100 }, (_, i) => `user${i + 1}`);
  await page.locator("#members-people").fill([...names, "no\u0007body", "y".repeat(99)].join("\n"));
  await page.locator("main form .btn-primary").click();
  assert.match(await page.locator(".field-error").textContent() ?? "", /^Unknown: no.*, yyy/);
  await page.locator("#members-people").fill(names.join("\n"));
  await page.locator("main form .btn-primary").click();
  assert.equal(await flash(page), "Everybody was made.");
  assert.equal((await owner.ok("GET", "/groups/3")).member_count, 100);
  const pictures = await page.locator("tbody img.avatar").all();
  assert.equal(pictures.length, 1);
  // Fresh itself adds the number of its build to paths in pages.
  const source = new URL(await pictures[0]!.getAttribute("src") ?? "", admin.origin);
  assert.equal(source.pathname, "/pictures/g0/000/000/two.png");
});

browserTest(
  "a group gets another name and owner, and is dismissed",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    await using ann = await admin.suite.cluster.login("user1");
    await admin.signIn(page);
    await page.goto(`${admin.origin}/groups/1`);
    await page.locator("#f-name").fill("Dinner");
    await page.getByRole("button", { name: "Save" }).click();
    assert.equal(await flash(page), "Dinner was saved.");
    await ann.next("groupChanged");
    await page.getByRole("button", { name: "Make owner: user3" }).click();
    assert.equal(await flash(page), "The group has a new owner.");
    const group = await admin.suite.owner.ok("GET", "/groups/1");
    assert.deepEqual([group.name, group.creator_id], ["Dinner", 3]);
    await ann.next("groupChanged");
    const dismiss = async (name: string): Promise<void> => {
      await page.locator('[popovertarget="delete"]').first().click();
      await page.locator("#delete input[name=confirm_name]").fill(name);
      await page.locator("#delete .btn-danger").click();
    };
    await dismiss("Lunch");
    assert.match(await page.locator('main [role="alert"]').textContent() ?? "", /not the name/);
    assert.equal((await admin.suite.owner.ok("GET", "/groups/1")).name, "Dinner");
    await dismiss("Dinner");
    assert.equal(await flash(page), "The group was dismissed.");
    const gone = await ann.next("groupChanged");
    assert.deepEqual([gone.change_type, gone.cur_user_id_list], [GROUP_MODIFY_TYPE_DEL, []]);
    assert.deepEqual(complaints.filter((one) => !one.includes("422")), []);
  },
);

browserTest("a group gets a picture, which its members are told of", async ({ page }) => {
  await using admin = await startAdminSuite();
  await using ann = await admin.suite.cluster.login("user1");
  await admin.signIn(page);
  await page.goto(`${admin.origin}/groups/1`);
  await page.waitForFunction(() => !document.querySelector("fresh-island:not([data-ready])"));
  await page.locator("#avatar-file").setInputFiles({
    name: "one.gif",
    mimeType: "image/gif",
    buffer: Buffer.from("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64"),
  });
  await page.locator(".crop canvas").waitFor();
  await page.getByRole("button", { name: "Upload" }).click();
  await page.locator(".notice-done").waitFor();
  await ann.next("groupChanged");
  assert.match((await admin.suite.owner.ok("GET", "/groups/1")).avatar, /\/g0\/.*\.jpg$/);
  assert.equal(await page.locator("main img.avatar-large").count(), 1);
});

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
