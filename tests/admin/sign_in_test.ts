/** Signing in and out, and what protects a session. */
import assert from "node:assert/strict";
import { MAX_BODY_BYTES } from "../../admin/request_limits.ts";
import { browserTest } from "../../admin/test_support/browser.ts";
import { OWNER_PASSWORD } from "../support/http_fixture.ts";
import { signIn, startAdminSuite } from "../support/admin_fixture.ts";

browserTest(
  "the first sign-in asks for a new password and comes to the dashboard",
  async ({ page, complaints }) => {
    await using admin = await startAdminSuite();
    const { origin, suite } = admin;
    const first = "only for the start";
    await suite.owner.ok("POST", "/admins", { name: "ann", role: "manager", password: first });
    await signIn(page, { origin, name: "ann", password: first });
    assert.equal(new URL(page.url()).pathname, "/password");
    await page.goto(`${origin}/users`);
    assert.equal(new URL(page.url()).pathname, "/password", "nothing else works before");
    const fill = async (values: readonly string[]): Promise<void> => {
      const fields = await page.locator('input[type="password"]').all();
      for (const [i, value] of values.entries()) await fields[i]!.fill(value);
      await page.locator("main form button").first().click();
    };
    await fill(["wrong", "a new password", "a new password"]);
    assert.equal(
      await page.locator(".field-error").textContent(),
      "This is not your current password.",
    );
    await fill([first, "a new password", "another password"]);
    assert.equal(await page.locator(".field-error").textContent(), "The two passwords differ.");
    await fill([first, "a new password", "a new password"]);
    assert.equal(new URL(page.url()).pathname, "/");
    assert.match(await page.locator('main [role="status"]').first().textContent() ?? "", /changed/);
    assert.deepEqual(complaints.filter((one) => !one.includes("422")), []);
  },
);

browserTest(
  "a wrong password is told beside the form, and the account stays typed",
  async ({ page }) => {
    await using admin = await startAdminSuite();
    await signIn(page, { origin: admin.origin, name: "root", password: "wrong" });
    assert.equal(
      await page.locator('[role="alert"]').textContent(),
      "Account or password is wrong.",
    );
    assert.equal(await page.locator('input[name="name"]').inputValue(), "root");
    assert.equal((await page.context().cookies()).length, 0);
  },
);

browserTest("signing in leads to the page that was asked for", async ({ page }) => {
  await using admin = await startAdminSuite();
  await page.goto(`${admin.origin}/users?search=user1`);
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.locator('input[name="name"]').fill("root");
  await page.locator('input[name="password"]').fill(OWNER_PASSWORD);
  await page.locator("main form button").click();
  assert.equal(page.url(), `${admin.origin}/users?search=user1`);
});

browserTest("the session is a strict cookie, and signing out ends it", async ({ page }) => {
  await using admin = await startAdminSuite();
  await admin.signIn(page);
  const [cookie] = await page.context().cookies();
  assert.deepEqual(
    [cookie?.httpOnly, cookie?.sameSite, cookie?.secure],
    [true, "Strict", false],
  );
  const token = cookie!.value;
  await page.locator(".account").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  assert.equal(new URL(page.url()).pathname, "/login");
  assert.deepEqual(await admin.suite.as(token).refused("GET", "/me"), [
    401,
    "credential_invalid",
    null,
  ]);
  await page.goto(`${admin.origin}/users`);
  assert.equal(new URL(page.url()).pathname, "/login");
});

browserTest("after the end of a session nothing typed is lost", async ({ newPage }) => {
  await using admin = await startAdminSuite();
  const { owner } = admin.suite;
  const page = await newPage({ javaScriptEnabled: false });
  await admin.signIn(page);
  const endAll = async (): Promise<void> => {
    const { items } = await owner.ok("GET", "/admin-sessions");
    for (const { id, current } of items) {
      if (current !== true) await owner.ok("DELETE", `/admin-sessions/${id}`);
    }
  };
  const signInAgain = async (password: string): Promise<void> => {
    await page.locator('input[name="name"]').fill("root");
    await page.locator('input[name="password"]').fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await page.goto(`${admin.origin}/users/new`);
  await page.getByLabel("Login name").fill("zoe");
  await page.getByLabel("Display name").fill('Zoë "<Z>"');
  await page.getByLabel("Password").fill("secret12");
  await endAll();
  await page.locator("main form button").click();
  assert.equal(await page.locator("h1").textContent(), "You are not signed in any more");
  assert.ok(!(await page.content()).includes("secret12"));
  await signInAgain("wrong");
  assert.equal(await page.locator('[role="alert"]').textContent(), "Account or password is wrong.");
  await signInAgain(OWNER_PASSWORD);
  assert.ok(!(await page.content()).includes(OWNER_PASSWORD));
  assert.equal((await owner.ok("GET", "/users")).total, 12, "nothing is done before");
  await page.getByLabel("Password").fill("secret12");
  await page.getByRole("button", { name: "Send again" }).click();
  assert.equal(await page.locator(".notice-text").textContent(), "zoe was added.");
  assert.equal((await owner.ok("GET", "/users/13")).nick, 'Zoë "<Z>"');
  // Without a cookie at all, and with a choice of several.
  await page.goto(`${admin.origin}/groups/1`);
  await page.getByLabel("Choose user2").check();
  await page.getByLabel("Choose user3").check();
  await page.context().clearCookies();
  await page.locator('[popovertarget="remove"]').first().click();
  await page.locator("#remove .btn-danger").click();
  await signInAgain(OWNER_PASSWORD);
  await page.getByRole("button", { name: "Send again" }).click();
  assert.equal(await page.locator(".notice-text").textContent(), "2 members were removed.");
});

browserTest("language and theme are chosen without scripts and kept", async ({ newPage }) => {
  await using admin = await startAdminSuite();
  const page = await newPage({ javaScriptEnabled: false, locale: "zh-CN" });
  await page.goto(`${admin.origin}/login`);
  assert.equal(await page.locator("h1").textContent(), "登录", "what the browser prefers");
  await page.getByRole("button", { name: "English" }).click();
  assert.equal(await page.locator("h1").textContent(), "Sign in");
  await page.getByRole("button", { name: "Dark" }).click();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await admin.signIn(page);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
});

Deno.test("the admin behind TLS keeps cookies to TLS", async () => {
  await using admin = await startAdminSuite({
    admin: { secureCookies: true, publicOrigin: "https://admin.example.org" },
  });
  const response = await fetch(`${admin.origin}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: "https://admin.example.org", "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ name: "root", password: OWNER_PASSWORD }),
  });
  await response.body?.cancel();
  assert.equal(response.status, 303);
  assert.match(
    response.headers.get("set-cookie") ?? "",
    /^teamtalk_admin=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
});

Deno.test("a form of another site is refused, and nothing is cached or framed", async () => {
  await using admin = await startAdminSuite();
  const forged = await fetch(`${admin.origin}/login`, {
    method: "POST",
    headers: { origin: "http://evil.example", "sec-fetch-site": "cross-site" },
    body: new URLSearchParams({ name: "root", password: OWNER_PASSWORD }),
  });
  await forged.body?.cancel();
  assert.deepEqual([forged.status, forged.headers.get("set-cookie")], [403, null]);
  const { headers, body } = await fetch(`${admin.origin}/login`);
  await body?.cancel();
  const policy = headers.get("content-security-policy") ?? "";
  assert.ok(!policy.includes("unsafe"), policy);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(headers.get("cache-control"), "no-store");
});

Deno.test("a link cannot lead elsewhere after signing in", async () => {
  await using admin = await startAdminSuite();
  for (const next of ["//evil.example", "/\\evil.example", "http://evil.example", "/a\nb"]) {
    const response = await fetch(`${admin.origin}/login?next=${encodeURIComponent(next)}`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ name: "root", password: OWNER_PASSWORD }),
    });
    await response.body?.cancel();
    assert.equal(response.headers.get("location"), "/", next);
  }
});

Deno.test("who is not signed in sees nothing", async () => {
  await using admin = await startAdminSuite();
  const pages = ["/", "/users", "/users/1", "/users/export", "/groups/1", "/audit", "/admins"];
  for (const path of pages) {
    const response = await fetch(admin.origin + path, { redirect: "manual" });
    await response.body?.cancel();
    assert.equal(response.status, 303, path);
    assert.match(response.headers.get("location") ?? "", /^\/login/, path);
  }
  for (const path of ["/api/people?search=user", "/api/events"]) {
    const accept = path.endsWith("events") ? "text/event-stream" : "application/json";
    const response = await fetch(admin.origin + path, { headers: { accept } });
    await response.body?.cancel();
    assert.equal(response.status, 401, path);
  }
});

for (
  const [trustedProxies, remote] of [[["127.0.0.1"], "198.51.100.7"], [[], "127.0.0.1"]] as const
) {
  Deno.test(`a session is noted with the address a trusted proxy names, else its own: ${remote}`, async () => {
    await using admin = await startAdminSuite({
      admin: { trustedProxies },
      api: { trustedProxies: ["127.0.0.1"] },
    });
    const response = await fetch(`${admin.origin}/login`, {
      method: "POST",
      redirect: "manual",
      headers: { "x-forwarded-for": "203.0.113.9, 198.51.100.7", "user-agent": "proxied" },
      body: new URLSearchParams({ name: "root", password: OWNER_PASSWORD }),
    });
    await response.body?.cancel();
    const { items } = await admin.suite.owner.ok("GET", "/admin-sessions");
    const session = items.find(({ agent }: { readonly agent: string }) => agent === "proxied");
    assert.equal(session?.remote, remote);
  });
}

Deno.test("a form that is too large is refused, and the page that says so is as private", async () => {
  await using admin = await startAdminSuite();
  const body = new FormData();
  body.set("name", "x".repeat(MAX_BODY_BYTES));
  const response = await fetch(`${admin.origin}/login`, { method: "POST", body });
  assert.equal(response.status, 413);
  assert.match(await response.text(), /<p class="error-code"[^>]*>413/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'self';/);
});
