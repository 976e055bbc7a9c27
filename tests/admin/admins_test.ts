/** Administrators: accounts, sessions, keys, what each role may, and what the log says of it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { signIn, startAdminSuite } from "../support/admin_fixture.ts";

const flash = (page: Page): Promise<string | null> =>
  page.locator(".notice .notice-text").first().textContent();

browserTest("an administrator is added, changed and disabled", async ({ page, newPage }) => {
  await using admin = await startAdminSuite();
  const { origin, suite } = admin;
  await admin.signIn(page);
  await page.goto(`${origin}/admins`);
  const add = page.locator("form:has(#new-admin-name)");
  await add.getByLabel("Name").fill("ann");
  await add.getByLabel("Role").selectOption("manager");
  await add.getByLabel("First password").fill("only at first");
  await add.getByRole("button").click();
  assert.equal(await flash(page), "ann was added.");
  const other = await newPage();
  await signIn(other, { origin, name: "ann", password: "only at first" });
  assert.equal(new URL(other.url()).pathname, "/password");
  await page.getByRole("button", { name: "Change ann" }).click();
  await page.locator(".dialog:popover-open").getByRole("button", { name: "Disable account" })
    .click();
  assert.equal(await flash(page), "ann was saved.");
  const { items } = await suite.owner.ok("GET", "/admins");
  assert.deepEqual(items.map((one: { disabled: boolean }) => one.disabled), [false, true]);
  await other.goto(`${origin}/users`);
  assert.equal(new URL(other.url()).pathname, "/login", "the session ended with it");
  await page.getByRole("button", { name: "Change root" }).click();
  const dialog = page.locator(".dialog:popover-open");
  await dialog.getByLabel("Role").selectOption("manager");
  await dialog.getByRole("button", { name: "Save" }).click();
  assert.equal(await page.locator('[role="alert"]').textContent(), "Somebody has to stay owner.");
});

browserTest("an API key is shown once, works, and is revoked", async ({ page }) => {
  await using admin = await startAdminSuite();
  const { origin, suite } = admin;
  await admin.signIn(page);
  await page.goto(`${origin}/admins`);
  const add = page.locator("form:has(#new-key-name)");
  await add.getByLabel("Name").fill("backup");
  await add.getByRole("button").click();
  const key = await page.locator(".secret").textContent();
  assert.equal((await suite.as(key).ok("GET", "/me")).role, "read_only");
  await page.goto(`${origin}/admins`);
  assert.equal(await page.locator(".secret").count(), 0);
  assert.ok(!(await page.content()).includes(key!));
  await page.getByRole("button", { name: "Revoke" }).first().click();
  await page.locator(".dialog:popover-open .btn-danger").click();
  assert.equal(await flash(page), "The key was revoked.");
  assert.deepEqual(await suite.as(key).refused("GET", "/me"), [401, "credential_invalid", null]);
});

browserTest("another session is ended from the list", async ({ page, newPage }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  const other = await newPage();
  await admin.suite.signedIn("ann", "manager");
  await signIn(other, { origin: admin.origin, name: "ann", password: "second password" });
  await page.goto(`${admin.origin}/admins`);
  const row = page.locator("tr", { hasText: "HeadlessChrome" }).filter({ hasText: "ann" });
  await row.getByRole("button", { name: "End" }).first().click();
  await page.locator(".dialog:popover-open .btn-danger").click();
  assert.equal(await flash(page), "The session was ended.");
  await other.goto(`${admin.origin}/users`);
  assert.equal(new URL(other.url()).pathname, "/login");
});

/** Every form of every page: what a browser of a read-only administrator could send. */
const CHANGES: readonly (readonly [path: string, fields: Readonly<Record<string, string>>])[] = [
  ["/users/new", { name: "eve", department_id: "1", password: "secret12" }],
  ...["save", "password", "picture", "no_picture", "disable", "enable", "sign_out"].map((
    intent,
  ): [string, Record<string, string>] => [
    "/users/1",
    { intent, name: "eve", department_id: "1", password: "secret12" },
  ]),
  ["/users/import", { intent: "import", text: "name,department_id,password\neve,1,secret12" }],
  ["/api/import", {}],
  ["/departments", { intent: "add", name: "Evil" }],
  ["/departments", { intent: "move", id: "4", parent_id: "0" }],
  ...["save", "delete", "move_people"].map((intent): [string, Record<string, string>] => [
    "/departments/4",
    { intent, name: "Evil", parent_id: "0", person: "user1", to_department: "2" },
  ]),
  ["/groups/new", { name: "Evil", people: "user1" }],
  ...["save", "add", "remove", "owner", "picture", "delete"].map((
    intent,
  ): [string, Record<string, string>] => [
    "/groups/1",
    { intent, name: "Evil", people: "user4", member: "1", user_id: "2" },
  ]),
  ["/settings", { intent: "save", name: "Evil", url: "http://evil.example/" }],
  ["/settings", { intent: "delete", id: "1" }],
  ["/admins", { intent: "add", name: "eve", role: "owner", password: "long enough" }],
  ["/admins", { intent: "role", id: "1", role: "read_only" }],
  ["/admins", { intent: "add_key", name: "evil", role: "owner" }],
  ["/admins", { intent: "revoke_key", id: "1" }],
];

browserTest(
  "a read-only administrator sees no form, and changes nothing by any request",
  async ({ page }) => {
    await using admin = await startAdminSuite();
    const { origin, suite } = admin;
    await suite.owner.ok("POST", "/discovery", { name: "Wiki", url: "http://wiki/" });
    await suite.owner.ok("POST", "/api-keys", { name: "backup", role: "read_only" });
    await admin.signIn(page, "read_only");
    const [cookie] = await page.context().cookies();
    const state = async (): Promise<unknown> => [
      ...await Promise.all(
        [
          "/users",
          "/departments",
          "/groups",
          "/groups/1/members",
          "/discovery",
          "/admins",
          "/api-keys",
        ]
          .map((path) => suite.owner.ok("GET", path)),
      ),
    ];
    const before = await state();
    for (const [path, fields] of CHANGES) {
      const response = await fetch(origin + path, {
        method: "POST",
        headers: { cookie: `teamtalk_admin=${cookie!.value}` },
        body: new URLSearchParams(fields),
        redirect: "manual",
      });
      await response.body?.cancel();
      assert.equal(response.status, 403, `${path} ${fields.intent}`);
    }
    assert.deepEqual(await state(), before);
    for (
      const path of [
        "/users",
        "/users/1",
        "/departments",
        "/departments/1",
        "/groups/1",
        "/settings",
      ]
    ) {
      await page.goto(origin + path);
      const forms = await page.locator('main form[method="post"] button:visible').allTextContents();
      assert.deepEqual(forms, [], path);
    }
    for (const path of ["/users/new", "/users/import", "/groups/new", "/audit", "/messages"]) {
      assert.equal((await page.goto(origin + path))?.status(), 403, path);
    }
    const links = await page.goto(origin).then(() => page.locator(".nav a").allTextContents());
    assert.ok(!links.includes("Audit log") && !links.includes("Messages"), links.join());
  },
);

browserTest("the audit log names who did what, and is filtered", async ({ page }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  await admin.suite.owner.ok("PATCH", "/users/1", { nick: "Ann" });
  await admin.suite.owner.ok("POST", "/departments", { name: "Ops" });
  await page.goto(`${admin.origin}/audit`);
  await page.getByLabel("Area").selectOption("user");
  await page.getByRole("button", { name: "Filter" }).click();
  const rows = page.locator("tbody tr");
  assert.equal(await rows.count(), 1);
  assert.match(await rows.first().textContent() ?? "", /root.*user\.update.*user\/1.*Done/);
  for (const [area, count] of [["sign_in", 2], ["admin", 1], ["key", 0], ["all", 5]]) {
    await page.goto(`${admin.origin}/audit?area=${area}`);
    assert.equal(await rows.count(), count, String(area));
  }
  await page.goto(`${admin.origin}/audit?actor=nobody`);
  assert.equal(await page.locator(".empty").count(), 1);
  await page.goto(`${admin.origin}/audit`);
  await page.getByRole("link", { name: "user/1" }).click();
  assert.equal(await rows.count(), 1);
  assert.equal(await page.getByLabel("About", { exact: true }).inputValue(), "user/1");
  const today = dayText(new Date());
  const yesterday = dayText(new Date(Date.now() - 24 * 3600_000));
  for (
    const [from, to, count] of [[today, "", 5], [yesterday, today, 5], ["", yesterday, 0], [
      "x",
      "",
      5,
    ]]
  ) {
    await page.goto(`${admin.origin}/audit?from=${from}&to=${to}`);
    assert.equal(await rows.count(), count, `${from} ${to}`);
  }
});

/** As a date input has it, in the time zone of the server. */
function dayText(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
