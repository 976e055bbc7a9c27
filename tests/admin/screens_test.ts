/**
 * Every page in light, dark and phone width: axe-core finds nothing, nothing is wider than the
 * screen, and a picture of each goes to `.screenshots/` for people to look at.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { browserTest } from "../../admin/test_support/browser.ts";
import { CLIENT_TYPE_ANDROID } from "../../proto/mod.ts";
import { startAdminSuite } from "../support/admin_fixture.ts";

const FOLDER = new URL("../../.screenshots/", import.meta.url).pathname;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const LOOKS = {
  light: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
  wide: { viewport: { width: 2200, height: 1100 }, colorScheme: "light" },
} as const;

const SIGNED_OUT = { login: "/login" } as const;
const PAGES: Readonly<Record<string, string>> = {
  dashboard: "/",
  users: "/users",
  users_none: "/users?search=nobody",
  user: "/users/1",
  user_new: "/users/new",
  import: "/users/import",
  departments: "/departments",
  department: "/departments/1",
  groups: "/groups",
  group: "/groups/1",
  group_new: "/groups/new",
  messages: "/messages?user=user1&peer=user2",
  admins: "/admins",
  audit: "/audit",
  settings: "/settings",
  about: "/about",
  password: "/password",
  missing: "/nothing-here",
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Under a strict policy no script can be put into a page; the debugger may. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await Deno.readTextFile(AXE));
  const found = await page.evaluate(`axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }).then(({ violations }) => violations)`) as readonly Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
  );
}

async function look(page: Page, name: string, fullPage: boolean): Promise<string[]> {
  await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage });
  const overflow = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  ) as number;
  return [
    ...await violations(page),
    ...(overflow > 0 ? [`wider than the screen by ${overflow}`] : []),
  ].map((one) => `${name}: ${one}`);
}

for (const lang of ["en", "zh"] as const) {
  for (const [kind, options] of Object.entries(LOOKS)) {
    if (lang === "zh" && kind !== "light" && kind !== "phone") continue;
    browserTest(`every page is accessible and fits: ${kind}, ${lang}`, async ({ newPage }) => {
      await using admin = await startAdminSuite({ api: { historyRole: "owner" } });
      await using ann = await admin.suite.cluster.login("user1");
      await using bob = await admin.suite.cluster.login("user2", {
        clientType: CLIENT_TYPE_ANDROID,
      });
      for (const text of ["Lunch?", "在吗", "A longer message, to see how lines are broken."]) {
        await ann.sendText(bob.userId, text);
      }
      await admin.suite.owner.ok("POST", "/discovery", { name: "Wiki", url: "http://wiki/" });
      await admin.suite.owner.ok("POST", "/api-keys", { name: "backup", role: "read_only" });
      await Deno.mkdir(FOLDER, { recursive: true });
      const page = await newPage({ ...options, locale: lang === "zh" ? "zh-CN" : "en-GB" });
      const problems: string[] = [];
      const all = async (paths: Readonly<Record<string, string>>): Promise<void> => {
        for (const [name, path] of Object.entries(paths)) {
          await page.goto(admin.origin + path);
          problems.push(...await look(page, `${name}-${kind}-${lang}`, true));
        }
      };
      await all(SIGNED_OUT);
      await admin.signIn(page);
      await all(PAGES);
      if (kind === "phone") {
        await page.goto(`${admin.origin}/users`);
        await page.locator(".topbar button").click();
        problems.push(...await look(page, `navigation-${kind}-${lang}`, false));
      }
      await page.goto(`${admin.origin}/users/1`);
      await page.locator('[popovertarget="disable"]').first().click();
      problems.push(...await look(page, `confirm-${kind}-${lang}`, false));
      assert.deepEqual(problems, []);
    });
  }
}
