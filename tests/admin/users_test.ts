/** Users, as an administrator changes them and as their clients see it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { LoginRefusedError } from "../../shared/client/mod.ts";
import { endOf } from "../support/chat.ts";
import { company, startAdminSuite } from "../support/admin_fixture.ts";

const flash = (page: Page): Promise<string | null> =>
  page.locator(".notice .notice-text").first().textContent();

browserTest("a new user can log in at once", async ({ page, complaints }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("link", { name: "Add user" }).click();
  await page.getByLabel("Login name").fill("zoe");
  await page.getByLabel("Display name").fill("Zoë <b>");
  await page.getByLabel("Department").selectOption({ label: "Sales" });
  await page.getByLabel("Password").fill("secret12");
  await page.locator("main form button").click();
  assert.equal(await flash(page), "zoe was added.");
  assert.equal(await page.locator("h1").textContent(), "Zoë <b>");
  await using zoe = await admin.suite.cluster.login("zoe", { password: "secret12" });
  assert.equal(zoe.userId, 13);
  assert.deepEqual(complaints, []);
});

browserTest(
  "what is wrong is told beside the field, and nothing typed is lost",
  async ({ page }) => {
    await using admin = await startAdminSuite();
    await admin.signIn(page);
    await page.goto(`${admin.origin}/users/new`);
    await page.getByLabel("Login name").fill("user1");
    await page.getByLabel("Email").fill("ann@example.com");
    await page.getByLabel("Status").selectOption({ label: "Intern" });
    await page.getByLabel("Password").fill("secret12");
    await page.locator("main form button").click();
    assert.equal(await page.locator(".field-error").textContent(), "This name is in use.");
    const name = page.getByLabel("Login name");
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    assert.match(await name.getAttribute("aria-describedby") ?? "", /f-name-error/);
    assert.equal(await page.getByLabel("Email").inputValue(), "ann@example.com");
    assert.equal(await page.getByLabel("Status").inputValue(), "4");
  },
);

browserTest("a disabled user is kicked and refused, and enabled again", async ({ page }) => {
  await using admin = await startAdminSuite();
  const { cluster } = admin.suite;
  await using ann = await cluster.login("user1");
  await admin.signIn(page);
  await page.goto(`${admin.origin}/users/1`);
  const disable = page.locator('[popovertarget="disable"]').first();
  await disable.click();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#disable").isVisible(), false, "Escape closes it");
  assert.equal(await disable.evaluate((one) => one === document.activeElement), true);
  await disable.click();
  await page.locator("#disable .btn-danger").click();
  assert.equal(await flash(page), "user1 was disabled.");
  await endOf(ann);
  await assert.rejects(cluster.login("user1"), LoginRefusedError);
  await page.getByRole("button", { name: "Enable" }).click();
  assert.equal(await flash(page), "user1 can log in again.");
  await using again = await cluster.login("user1");
  assert.equal(again.userId, 1);
  await admin.suite.owner.ok("PATCH", "/users/1", { status: 4 });
  await page.reload();
  await page.locator('[popovertarget="disable"]').first().click();
  await page.locator("#disable .btn-danger").click();
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await flash(page), "user1 can log in again.");
  assert.equal((await admin.suite.owner.ok("GET", "/users/1")).status, 4, "what it was before");
});

browserTest(
  "a new password counts at once, and logging out everywhere is no ban",
  async ({ page }) => {
    await using admin = await startAdminSuite();
    const { cluster } = admin.suite;
    await using ann = await cluster.login("user1");
    await admin.signIn(page);
    await page.goto(`${admin.origin}/users/1`);
    await page.locator('[popovertarget="sign-out"]').first().click();
    await page.locator("#sign-out .btn-danger").click();
    assert.equal(await flash(page), "The user was logged out.");
    await endOf(ann);
    await page.getByLabel("New password").fill("another one");
    await page.getByRole("button", { name: "Set password" }).click();
    assert.equal(await flash(page), "The password was set.");
    await assert.rejects(cluster.login("user1"), LoginRefusedError);
    await using again = await cluster.login("user1", { password: "another one" });
    assert.equal(again.userId, 1);
  },
);

browserTest("a changed profile comes with the next sync of clients", async ({ page }) => {
  await using admin = await startAdminSuite();
  await using bob = await admin.suite.cluster.login("user2");
  await admin.signIn(page);
  await page.goto(`${admin.origin}/users/1`);
  await page.getByLabel("Display name").fill("Ann 安");
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal(await flash(page), "user1 was saved.");
  const { user_info_list } = await bob.usersInfo([1]);
  assert.equal(user_info_list[0]?.user_nick_name, "Ann 安");
});

browserTest(
  "a picture is cropped to a square, stored on msfs and shown",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    await admin.signIn(page);
    await page.goto(`${admin.origin}/users/1`);
    await page.waitForFunction(() => !document.querySelector("fresh-island:not([data-ready])"));
    await page.locator("#avatar-file").setInputFiles({
      name: "wide.png",
      mimeType: "image/png",
      buffer: await picture(page, { width: 400, height: 200 }),
    });
    await page.locator(".crop canvas").waitFor();
    await page.locator(".crop canvas").press("ArrowLeft");
    await page.locator(".crop input").fill("2");
    await page.getByRole("button", { name: "Upload" }).click();
    await page.locator(".notice-done").waitFor();
    assert.equal(await flash(page), "The picture was saved.");
    const { avatar } = await admin.suite.owner.ok("GET", "/users/1");
    assert.match(avatar, /^http:\/\/127\.0\.0\.1:\d+\/g0\/\d{3}\/\d{3}\/\w+\.jpg$/);
    const shown = page.locator("img.avatar-large");
    await shown.evaluate((img: HTMLImageElement) => img.decode());
    const size = await shown.evaluate((
      img: HTMLImageElement,
    ) => [img.naturalWidth, img.naturalHeight]);
    assert.deepEqual(size, [320, 320]);
    assert.equal(
      new URL(await shown.evaluate((img: HTMLImageElement) => img.src)).origin,
      admin.origin,
    );
    await page.locator('[popovertarget="no-picture"]').first().click();
    await page.locator("#no-picture .btn-danger").click();
    assert.equal((await admin.suite.owner.ok("GET", "/users/1")).avatar, "");
    assert.deepEqual(complaints, []);
  },
);

browserTest(
  "a picture is uploaded without scripts, and what is none is refused",
  async ({ newPage, page }) => {
    await using admin = await startAdminSuite();
    const plain = await newPage({ javaScriptEnabled: false });
    await admin.signIn(plain);
    await plain.goto(`${admin.origin}/users/1`);
    const upload = async (buffer: Parameters<typeof picture>[1] | string): Promise<void> => {
      await plain.locator("#avatar-file").setInputFiles({
        name: "a.png",
        mimeType: "image/png",
        buffer: typeof buffer === "string" ? Buffer.from(buffer) : await picture(page, buffer),
      });
      await plain.getByRole("button", { name: "Upload" }).click();
    };
    await upload("<svg onload=alert(1)>");
    assert.equal(
      await plain.locator('[role="alert"]').textContent(),
      "This is no picture. Allowed: JPEG, PNG, GIF.",
    );
    await upload({ width: 20, height: 20 });
    assert.equal(await flash(plain), "The picture was saved.");
  },
);

browserTest("users are searched with a key, sorted and paged by links", async ({ page }) => {
  await using admin = await startAdminSuite({ seed: company(120) });
  await admin.signIn(page);
  await page.goto(`${admin.origin}/users`);
  assert.equal(await page.locator("tbody tr").count(), 50);
  await page.getByRole("link", { name: "Next" }).click();
  assert.match(await page.locator(".pager").textContent() ?? "", /51–100 of 120/);
  await page.locator("thead").getByRole("link", { name: "Person" }).click();
  await page.locator("thead").getByRole("link", { name: "Person" }).click();
  assert.equal(await page.locator("tbody strong").first().textContent(), "nick99");
  assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
  await page.locator("kbd:visible").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("user77");
  await page.keyboard.press("Enter");
  await page.waitForURL(/search=user77/);
  assert.deepEqual(await page.locator("tbody strong").allTextContents(), ["nick77"]);
  await page.goto(`${admin.origin}/users?page=99`);
  assert.match(page.url(), /page=3$/, "the last there is");
  await page.goto(`${admin.origin}/users?search=nobody&page=2`);
  assert.match(page.url(), /page=1$/);
  assert.equal(await page.locator(".empty").count(), 1);
});

browserTest(
  "an import shows what will change, and then does it with progress",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    await admin.signIn(page);
    await page.goto(`${admin.origin}/users/import`);
    const rows = Array.from({ length: 450 }, (_, i) => `new${i},"New, ${i}",2,secret12`);
    const text = ["name,nick,department_id,password", "user1,Ann,,", ...rows].join("\r\n");
    await page.locator("#import-file").setInputFiles({
      name: "users.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(text),
    });
    await page.getByRole("button", { name: "Preview" }).click();
    assert.match(await page.locator(".field-error").textContent() ?? "", /nothing was imported/);
    assert.match(await page.locator("tbody").textContent() ?? "", /name.*Exists already\./);
    await page.getByLabel("Names that exist").selectOption("update");
    await page.getByRole("button", { name: "Preview" }).click();
    assert.deepEqual(await page.locator(".chips .badge").allTextContents(), [
      "450 added",
      "1 changed",
      "0 unchanged",
    ]);
    assert.match(
      await page.locator("tbody tr").first().textContent() ?? "",
      /2user1Changednick: nick1 → Ann/,
    );
    assert.equal(await page.locator("tbody tr").count(), 20);
    await page.locator("nav.pager").getByRole("button", { name: "Next" }).click();
    assert.match(await page.locator("nav.pager").textContent() ?? "", /21–40 of 451.*Page 2 of 23/);
    assert.match(
      await page.locator("tbody tr").first().textContent() ?? "",
      /22new19Addednick: New, 19/,
    );
    assert.equal((await admin.suite.owner.ok("GET", "/users")).total, 12, "nothing is done before");
    await page.waitForFunction(() => !document.querySelector("fresh-island:not([data-ready])"));
    await page.getByRole("button", { name: "Import 451" }).click();
    await page.waitForURL(/\/users$/);
    assert.equal(await flash(page), "450 users added, 1 changed.");
    assert.equal((await admin.suite.owner.ok("GET", "/users")).total, 462);
    await using someone = await admin.suite.cluster.login("new449", { password: "secret12" });
    assert.ok(someone.userId > 12);
    assert.deepEqual(complaints.filter((one) => !one.includes("422")), []);
  },
);

browserTest(
  "an import that stops goes on from there, and its errors come in the page's language",
  async ({ newPage }) => {
    await using admin = await startAdminSuite();
    const { cluster, log, owner } = admin.suite;
    const page = await newPage({ locale: "zh-CN" });
    await admin.signIn(page);
    await page.goto(`${admin.origin}/users/import`);
    await page.locator("#f-text").fill("name,department_id,password\nzoe,99,secret12\nyan,1,short");
    await page.locator('[value="preview"]').click();
    assert.deepEqual(await page.locator("tbody td:last-child").allTextContents(), [
      "没有这个部门。",
      "至少 6 个字符。",
    ]);
    await page.locator("#f-text").fill("name,salt\nzoe,1");
    await page.locator('[value="preview"]').click();
    assert.equal(await page.locator(".field-error").textContent(), "没有名为 salt 的列。");
    const rows = Array.from({ length: 250 }, (_, i) => `new${i},1,secret12`);
    await page.locator("#f-text").fill(["name,department_id,password", ...rows].join("\n"));
    await page.locator('[value="preview"]').click();
    await page.waitForFunction(() => !document.querySelector("fresh-island:not([data-ready])"));
    await cluster.stopServer("db_proxy");
    await log.logged("db_proxy link lost", 2);
    await page.locator('[value="import"]').click();
    const goOn = page.getByRole("button", { name: "继续" });
    await goOn.waitFor();
    await cluster.startServer("db_proxy");
    await log.logged("db_proxy link opened", 4);
    await goOn.click();
    await page.waitForURL(/\/users$/);
    assert.equal((await owner.ok("GET", "/users")).total, 262);
  },
);

browserTest("an import works without scripts", async ({ newPage }) => {
  await using admin = await startAdminSuite();
  const page = await newPage({ javaScriptEnabled: false });
  await admin.signIn(page);
  await page.goto(`${admin.origin}/users/import`);
  await page.getByLabel("Or its content").fill("name,department_id,password\nzoe,1,secret12");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Import 1" }).click();
  assert.equal(await flash(page), "1 users added, 0 changed.");
});

browserTest("an export has what the filter shows", async ({ page }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  await page.goto(`${admin.origin}/users?search=user1`);
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const file = await (await waiting).path();
  const lines = (await Deno.readTextFile(file)).trim().split("\r\n");
  assert.deepEqual(lines.map((line) => line.split(",")[1]), [
    "name",
    "user1",
    "user10",
    "user11",
    "user12",
  ]);
});

/** A picture that the browser itself draws. */
async function picture(
  page: Page,
  size: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  const url = await page.evaluate(({ width, height }) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d")!;
    context.fillStyle = "#3b4fd8";
    context.fillRect(0, 0, width / 2, height);
    return canvas.toDataURL("image/png");
  }, size);
  return Buffer.from(url.split(",")[1]!, "base64");
}
