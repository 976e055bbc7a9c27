/** A real browser for tests: Chromium without a window, and with a profile of its own. */
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { chromium as engine, engineTest } from "../../shared/test_support/engines.ts";

/** Looks for nothing outside of this machine. */
const FLAGS: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** How long a step may take before the test fails. */
const STEP_LIMIT_MS = 15_000;

export interface Browser {
  readonly page: Page;
  /** Whatever pages have complained about: errors, missing files, things their policy forbids. */
  readonly complaints: string[];
  /** A page of another visitor, without the cookies of the first. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/** A test that runs in Chromium; skipped by name where there is none, a failure under CI=true. */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  engineTest(engine, name, async () => {
    // Playwright gives it a new profile, and removes that in the end.
    const chrome = await chromium.launch({
      executablePath: await pathOf("chromium"),
      args: [...FLAGS],
    });
    try {
      const complaints: string[] = [];
      const newPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
        const page = await chrome.newPage(options);
        page.setDefaultTimeout(STEP_LIMIT_MS);
        listen(page, complaints);
        return page;
      };
      await run({ page: await newPage(), complaints, newPage });
    } finally {
      await chrome.close();
    }
  });
}

function listen(page: Page, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const type = message.type();
    if (type === "error" || type === "warning") complaints.push(`${type}: ${message.text()}`);
  });
}

async function pathOf(command: string): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${command}`;
    const found = await Deno.stat(path).then(({ isFile }) => isFile, () => false);
    if (found) return path;
  }
  throw new Error(`${command} is not in PATH`);
}
