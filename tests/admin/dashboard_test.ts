/** The dashboard, settings, messages, about: what is left of the pages. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { CLIENT_TYPE_ANDROID } from "../../proto/mod.ts";
import { formatAddress } from "../../shared/netlib/mod.ts";
import { hears } from "../support/chat.ts";
import { startAdminSuite } from "../support/admin_fixture.ts";

const flash = (page: Page): Promise<string | null> =>
  page.locator(".notice .notice-text").first().textContent();

browserTest(
  "the figures of the dashboard follow what happens, without a reload",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    const { cluster } = admin.suite;
    await using ann = await cluster.login("user1");
    await admin.signIn(page);
    const value = (label: string) =>
      page.locator(".figure", { hasText: label }).locator(".figure-value");
    await page.getByText("Windows 1", { exact: true }).waitFor();
    assert.equal(await value("Users online").textContent(), "1");
    await using bob = await cluster.login("user2", { clientType: CLIENT_TYPE_ANDROID });
    await page.getByText("Windows 1 · Android 1").waitFor();
    assert.equal(await value("Users online").textContent(), "2");
    assert.equal(await page.locator(".chart-place canvas").count(), 3);
    assert.equal(await value("Storing a message").textContent(), "–");
    for (const name of admin.storage === "sqlite" ? ["SQLite"] : ["MySQL", "Redis"]) {
      const engine = page.locator(".server", { hasText: name });
      assert.match(await engine.textContent() ?? "", /\d\.\d+.*Answers in [\d.]+ ms.*Up/, name);
    }
    await ann.sendText(2, "hello");
    await hears(bob, "hello");
    await page.getByText(/99 % within [\d.]+ ms/).waitFor();
    assert.match(await value("Storing a message").textContent() ?? "", /^[\d.]+ ms$/);
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".figure-value")].some((one, i) =>
        i === 1 && Number(one.textContent) > 0
      )
    );
    assert.deepEqual(complaints, []);
  },
);

browserTest(
  "the dashboard works without scripts, and says which server is down",
  async ({ newPage }) => {
    await using admin = await startAdminSuite();
    const { cluster, log } = admin.suite;
    const page = await newPage({ javaScriptEnabled: false });
    await admin.signIn(page);
    assert.match(
      await page.locator(".live-state .badge").textContent() ?? "",
      /All servers are up/,
    );
    await cluster.stopServer("route_server");
    await log.logged("route_server link lost", 1);
    await page.reload();
    assert.match(await page.locator(".live-state .badge").textContent() ?? "", /A server is down/);
    const row = page.locator(".server", { hasText: "route_server" });
    assert.match(await row.textContent() ?? "", /Down/);
    await page.goto(`${admin.origin}/users`);
    assert.equal(await page.locator("tbody tr").count(), 12, "users are shown without presence");
  },
);

browserTest("an open dashboard sees a server go", async ({ page }) => {
  await using admin = await startAdminSuite();
  const { cluster, log } = admin.suite;
  await admin.signIn(page);
  await page.getByText("All servers are up").waitFor();
  await cluster.stopServer("login_server");
  await log.logged("login_server link lost", 1);
  await page.getByText("A server is down").waitFor();
  const row = page.locator(".server", { hasText: "login_server" });
  assert.match(await row.textContent() ?? "", /0 of 1 links are open.*Down/);
});

browserTest("while db_proxy is away nothing typed is lost", async ({ page }) => {
  await using admin = await startAdminSuite();
  const { cluster, log, owner } = admin.suite;
  await admin.signIn(page);
  await page.goto(`${admin.origin}/users/new`);
  await page.getByLabel("Login name").fill("zoe");
  await page.getByLabel("Display name").fill("Zoë");
  await page.getByLabel("Password").fill("secret12");
  await cluster.stopServer("db_proxy");
  await log.logged("db_proxy link lost", 2);
  await page.locator("main form button").click();
  assert.match(await page.locator("main").textContent() ?? "", /The servers do not answer/);
  assert.ok(!(await page.content()).includes("secret12"));
  await cluster.startServer("db_proxy");
  await log.logged("db_proxy link opened", 4);
  await page.getByLabel("Password").fill("secret12");
  await page.getByRole("button", { name: "Send again" }).click();
  assert.equal(await flash(page), "zoe was added.");
  assert.equal((await owner.ok("GET", "/users/13")).nick, "Zoë");
});

browserTest("while db_proxy is away a page says so and offers to try again", async ({ page }) => {
  await using admin = await startAdminSuite();
  const { cluster, log } = admin.suite;
  await admin.signIn(page);
  await cluster.stopServer("db_proxy");
  await log.logged("db_proxy link lost", 2);
  assert.equal((await page.goto(`${admin.origin}/users`))?.status(), 503);
  assert.equal(await page.getByRole("link", { name: "Try again" }).count(), 1);
});

browserTest("the discovery list is kept, and clients read it", async ({ page }) => {
  await using admin = await startAdminSuite();
  const { origin, suite } = admin;
  const list = async (): Promise<unknown> =>
    await (await fetch(`${suite.base}/api/discovery`)).json();
  await admin.signIn(page);
  await page.goto(`${origin}/settings`);
  await page.getByLabel("Name").fill("Wiki");
  await page.getByLabel("Address").fill("http://wiki.example/");
  await page.getByRole("button", { name: "Add entry" }).click();
  assert.equal(await flash(page), "Wiki was saved.");
  await page.getByRole("link", { name: "Change Wiki" }).click();
  await page.getByLabel("Priority").fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  assert.deepEqual(await list(), [
    { itemName: "Wiki", itemUrl: "http://wiki.example/", itemPriority: "3" },
  ]);
  await page.getByRole("button", { name: "Delete" }).first().click();
  await page.locator(".dialog:popover-open .btn-danger").click();
  assert.deepEqual(await list(), []);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await flash(page), "Wiki was saved.");
  assert.deepEqual(await list(), [
    { itemName: "Wiki", itemUrl: "http://wiki.example/", itemPriority: "3" },
  ]);
});

browserTest("settings show what login_server tells clients", async ({ page }) => {
  await using admin = await startAdminSuite({ msgServers: 2 });
  const { cluster, log } = admin.suite;
  await using ann = await cluster.login("user1");
  await ann.usersStatus([1]);
  await admin.signIn(page, "read_only");
  await page.goto(`${admin.origin}/settings`);
  const card = page.locator('section[aria-label="Where clients log in"]');
  assert.deepEqual(
    await card.locator("tbody td:first-child").allTextContents(),
    cluster.msgServers.map(formatAddress),
  );
  assert.match(await card.locator("tbody tr").first().textContent() ?? "", /[01] of 10,000/);
  await cluster.stopServer("login_server");
  await log.logged("login_server link lost", 1);
  await page.reload();
  assert.match(await card.textContent() ?? "", /Down/);
});

browserTest(
  "messages are read where that is allowed, and each look is logged",
  async ({ page }) => {
    await using admin = await startAdminSuite({ api: { historyRole: "owner" } });
    const { cluster, owner } = admin.suite;
    await using ann = await cluster.login("user1");
    for (const text of ["one", "<b>two</b>"]) await ann.sendText(2, text);
    await admin.signIn(page);
    await page.getByRole("link", { name: "Messages" }).click();
    await page.getByLabel("One person").fill("user1");
    await page.getByLabel("The other person").fill("nobody");
    await page.getByRole("button", { name: "Read" }).first().click();
    assert.equal(await page.locator(".field-error").textContent(), "There is no such user.");
    await page.getByLabel("The other person").fill("user2");
    await page.getByRole("button", { name: "Read" }).first().click();
    assert.deepEqual(await page.locator(".talk p").allTextContents(), ["one", "<b>two</b>"]);
    const { items } = await owner.ok("GET", "/audit?action=message.read");
    assert.equal(items.length, 1);
  },
);

browserTest("messages are off unless the configuration says otherwise", async ({ page }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  assert.equal(await page.getByRole("link", { name: "Messages" }).count(), 0);
  await page.goto(`${admin.origin}/settings`);
  assert.match(await page.locator("main").textContent() ?? "", /set MessageHistory=owner/);
  await page.goto(`${admin.origin}/messages?user=user1&peer=user2`);
  assert.match(await page.locator('[role="alert"]').textContent() ?? "", /MessageHistory/);
  assert.equal(await page.getByLabel("One person").count(), 0);
});

browserTest(
  "pages ask no other host, and all scripts together stay below 120 KB",
  async ({ page }) => {
    await using admin = await startAdminSuite();
    const scripts = new Set<string>();
    const hosts = new Set<string>();
    page.on("response", (response) => {
      hosts.add(new URL(response.url()).origin);
      if (response.request().resourceType() !== "script") return;
      scripts.add(response.url());
    });
    await admin.signIn(page);
    const paths = ["/", "/users", "/users/1", "/users/import", "/departments", "/groups/1"];
    for (const path of paths) {
      await page.goto(admin.origin + path, { waitUntil: "load" });
      await page.waitForFunction(() => !document.querySelector("fresh-island:not([data-ready])"));
    }
    assert.deepEqual([...hosts], [admin.origin]);
    let total = 0;
    for (const url of scripts) total += (await (await fetch(url)).bytes()).length;
    assert.ok(total > 10_000 && total < 120 * 1024, `${total} bytes`);
  },
);
