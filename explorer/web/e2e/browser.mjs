// What the scripts share: a headless Chromium whose every complaint fails the step in which it comes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** patience bounds each wait on a loaded machine; it is no measure of anything. */
export const patience = 40_000;

/** launch starts the browser. `expected` says which complaints a step brings about on purpose: `away` all of the console, `missing` 404s. */
export async function launch(gateway) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const complaints = [];
  const expected = { away: false, missing: false };

  async function open(options) {
    const context = await browser.newContext({ viewport: { width: 1380, height: 900 }, ...options });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() !== "error" || expected.away || (expected.missing && message.text().includes("404"))) return;
      complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complaints.push(`script: ${error.stack}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(gateway)) complaints.push(`request to ${request.url()}`);
    });
    return page;
  }

  async function step(name, run) {
    const began = performance.now();
    await run();
    assert.deepEqual(complaints, [], name);
    console.log(`${name}: ${Math.round(performance.now() - began)} ms`);
  }

  return { browser, open, step, expected };
}

// Colours that are still on their way to another theme have no contrast yet.
const settled = (page) =>
  page.evaluate(async () => {
    const moving = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
    while (moving().length > 0) await Promise.allSettled(moving().map((one) => one.finished));
  });

/** accessible asks axe about the page as it is, and whether it fits the screen. */
export async function accessible(page, name) {
  await settled(page);
  // Through the debugger, which the page's content security policy does not bind.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  assert.deepEqual(grave.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).slice(0, 3).join("; ")}`), [], `accessibility of ${name}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px wider than the screen`);
}

/** shown waits for a page of the explorer. */
export const shown = (page, name) => page.waitForSelector(`main[data-page="${name}"] h1`);
