// Uses the explorer as people do, in a headless Chromium, and fails at the first thing that is not as it should be.
//
//   node e2e/explorer.mjs http://127.0.0.1:8545 <folder for screenshots>
//
// Whoever runs it reads its output: the lines "stop" and "start" ask for the network to go away and to come back, and "change"
// with a change and in how many ticks it takes effect for one that the validators have signed, of which the answer is the
// number. They are answered with a line; all others say what was seen.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";

import { accessible, launch, patience, shown } from "./browser.mjs";

const [gateway, folder] = process.argv.slice(2);
const base = `${gateway}/explorer`;
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { browser, open, step, expected } = await launch(gateway);

async function ask(what) {
  console.log(what);
  return (await answers.next()).value;
}

const propose = (change, ticks = 0) => ask(`change ${JSON.stringify({ change, ticks })}`);

const tickOf = async (page) => Number((await page.textContent(".pulse a")).replace(/\D/g, ""));
const api = async (path) => (await fetch(`${base}/api/${path}`)).json();

const page = await open({ colorScheme: "dark" });
let bundle;

await step("the lanes flow", async () => {
  await page.goto(`${base}/`);
  await shown(page, "home");
  await page.waitForSelector(".pulse[data-state=live]");
  const first = await tickOf(page);
  await page.waitForFunction((n) => Number(document.querySelector(".pulse a").textContent.replace(/\D/g, "")) > n, first);
  assert.equal(await page.locator(".river-lane").count(), 4);
  await page.waitForSelector("section[aria-label='Latest bundles'] tbody tr");
  const pixels = () => {
    const canvas = document.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum = (sum * 31 + data[i] + data[i + 1] * 3 + data[i + 3]) | 0;
    return sum;
  };
  const before = await page.evaluate(pixels);
  await page.waitForFunction(`(${pixels})() !== ${before}`); // or the canvas stands still
  await accessible(page, "home");
});

await step("an arc leads to its bundle", async () => {
  const hold = page.getByRole("button", { name: "Hold" });
  const canvas = page.locator(".river canvas");
  await page.waitForSelector("section[aria-label='Latest bundles'] .chip[data-outcome=attested]");
  await hold.click();
  await page.waitForSelector(".river button[aria-pressed=true]");
  // The pointer goes over the lanes as a hand does, until an arc is under it. Marks may still move into its way, as they
  // may for a hand, which then tries again.
  const bundlePage = page.locator('main[data-page="bundle"] h1');
  for (let tries = 0; tries < 5 && !(await bundlePage.isVisible()); tries++) {
    if (!(await canvas.isVisible())) await page.goBack();
    await canvas.waitFor();
    const found = await canvas.evaluate((element) => {
      const box = element.getBoundingClientRect();
      for (let y = 40; y < box.height - 40; y += 12) {
        for (let x = box.width - 40; x > 180; x -= 7) {
          element.dispatchEvent(new PointerEvent("pointermove", { clientX: box.x + x, clientY: box.y + y }));
          if (element.dataset.hit === "bundle") return { x, y };
        }
      }
    });
    assert.ok(found, "no arc in the lanes");
    await canvas.click({ position: found });
    await bundlePage.waitFor({ timeout: 5000 }).catch(() => undefined);
  }
  await shown(page, "bundle");
  await page.goBack();
  await shown(page, "home");
});

await step("a bundle is verified in the browser", async () => {
  bundle = await included();
  await page.goto(`${base}/bundle/${bundle}`);
  await shown(page, "bundle");
  await page.waitForSelector(".timeline li[data-stage=attested][data-reached=true]");
  await page.click("#verify");
  await page.waitForSelector("#verdict[data-ok=true]");
  assert.match(await page.textContent("#verdict"), /^Verified/);
  assert.equal(await page.locator(".steps li[data-ok=true]").count(), 9);
  await accessible(page, "bundle");
});

await step("a pinned network id counts", async () => {
  const field = page.locator(".field input");
  await field.fill(`0x${"12".repeat(32)}`);
  await page.click("#verify");
  await page.waitForSelector("#verdict[data-ok=false]");
  await field.fill((await api("network")).networkId);
  await page.click("#verify");
  await page.waitForSelector("#verdict[data-ok=true]");
});

await step("legs lead to transactions, and those back", async () => {
  await page.click(".legs-mark >> nth=0");
  await shown(page, "tx");
  await page.click("#verify");
  await page.waitForSelector("#verdict[data-ok=true]");
  await accessible(page, "transaction");
  await page.click(".notice .hash a");
  await shown(page, "bundle");
});

await step("a void bundle says why", async () => {
  await page.goto(`${base}/bundle/${await voided()}`);
  await page.waitForSelector(".notice[data-tone=bad]");
  assert.match(await page.textContent(".notice[data-tone=bad]"), /A leg reverted.*Leg \d failed/);
  await accessible(page, "void bundle");
});

await step("ticks have neighbours, by the arrow keys too", async () => {
  await page.click(".crumbs a >> nth=1");
  await shown(page, "tick");
  const number = async () => Number((await page.textContent("main h1")).replace(/\D/g, ""));
  const here = await number();
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((n) => document.title.startsWith(`Tick ${n} `), here - 1);
  await page.waitForFunction((n) => Number(document.querySelector("main h1")?.textContent.replace(/\D/g, "")) === n, here - 1);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((n) => Number(document.querySelector("main h1")?.textContent.replace(/\D/g, "")) === n, here);
  await accessible(page, "tick");
});

await step("every other page", async () => {
  const validator = (await api("validators")).validators[0].address;
  for (const [name, path] of Object.entries({
    ticks: "/ticks", rollups: "/rollups", rollup: "/rollup/901", validators: "/validators", validator: `/validator/${validator}`,
    address: "/address/0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  })) {
    await page.goto(base + path);
    await shown(page, name);
    await page.waitForSelector("main table tbody tr");
    await accessible(page, name);
  }
  assert.equal(await page.locator("section[aria-label=Balances] tbody tr").count(), 4, "an address stands on every rollup");
  await page.goto(`${base}/rollup/901`);
  await page.click("section[aria-label='Newest blocks'] tbody a >> nth=0");
  await page.waitForSelector("main h1:has-text('Block')");
  await accessible(page, "block");
});

await step("a change waits, and is in force then", async () => {
  await page.goto(`${base}/`);
  await shown(page, "home");
  await page.click("section[aria-label=Validators] header a[href$='/changes']");
  await shown(page, "changes");
  await page.waitForSelector("section[aria-label=History] .empty");
  await accessible(page, "changes before the first");
  // It waits for some ticks. Should they have passed before the page has asked, then another one waits for more.
  let number;
  for (let ticks = 64, legs = 9, state; state !== "pending"; ticks *= 2, legs++) {
    number = await propose({ setParameters: { values: [{ name: "maxBundleLegs", value: legs }] } }, ticks);
    const row = page.locator(`tr[data-change="${number}"]`);
    await row.waitFor();
    state = await row.getAttribute("data-state");
    assert.ok(["pending", "effective"].includes(state), state);
  }
  await page.waitForSelector(`section[aria-label=History] tr[data-change="${number}"][data-state=effective]`);
  assert.match(await page.textContent(`tr[data-change="${number}"]`), /set maxBundleLegs to \d+In force/);
  assert.equal(await page.locator(`tr[data-change="${number}"] .signers a`).count(), 3);

  const waiting = await propose({ retireRollup: { id: 904 } }, 1_000_000);
  await page.waitForSelector(`section[aria-label=Waiting] tr[data-change="${waiting}"]`);
  assert.match(await page.textContent(`tr[data-change="${waiting}"]`), /retire rollup 904 for good.*3 of 4/);
  await accessible(page, "changes");
  await page.screenshot({ path: `${folder}/changes.png`, fullPage: true });
  const giving = await propose({ cancel: { sequence: Number(waiting) } });
  await page.waitForSelector(`section[aria-label=History] tr[data-change="${waiting}"][data-state=cancelled]`);
  assert.match(await page.textContent(`tr[data-change="${waiting}"]`), new RegExp(`Given up by no. ${giving}`));
});

await step("the validators are those in force", async () => {
  const { address } = (await api("validators")).validators[0];
  await propose({ setPower: { address, power: 2 } });
  await page.goto(`${base}/`);
  await page.waitForSelector(`section[aria-label=Validators] tr[data-validator="${address}"] :text-is("40.0%")`);
  assert.equal(await page.locator("section[aria-label=Validators] tbody tr :text-is('20.0%')").count(), 3);
  await page.goto(`${base}/validators`);
  await page.waitForSelector("section[aria-label=Quorum] :text('4 of 5')");
});

await step("search finds everything, from the keyboard", async () => {
  const known = await api(`bundle/${bundle}`);
  const attempt = known.status.attempts.at(-1);
  for (const [text, name] of [[String(attempt.tick), "tick"], [attempt.legs[0].txHash, "tx"], [bundle, "bundle"], ["0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "address"], ["rollup-902", "rollup"]]) {
    await page.goto(`${base}/validators`);
    await shown(page, "validators");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`main[data-page="${name}"] h1, main[data-page=search] td a`);
    if ((await page.getAttribute("main", "data-page")) === "search") {
      await page.click(`main td a[href*="/${name}/"]`);
      await shown(page, name);
    }
  }
});

await step("what is not there says what to try", async () => {
  expected.missing = true;
  await page.goto(`${base}/tx/0x${"12".repeat(32)}`);
  await page.waitForSelector(".missing li");
  await accessible(page, "missing");
  await page.goto(`${base}/nonsense`);
  await page.waitForSelector(".missing li");
  expected.missing = false;
});

await step("the skip link, and a focus that is seen", async () => {
  await page.goto(`${base}/`);
  await shown(page, "home");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
});

await step("dark and light, as the system or as chosen", async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  assert.notEqual(dark, light);
  await accessible(page, "home in light");
  await page.click("#theme");
  await page.click("#theme");
  assert.equal(await ground(), dark, "the choice is stronger than the system");
  await page.reload();
  await shown(page, "home");
  assert.equal(await ground(), dark, "the choice is remembered");
  await page.click("#theme");
  await page.emulateMedia({ colorScheme: "dark" });
});

await step("a phone", async () => {
  const phone = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "light", reducedMotion: "reduce" });
  for (const [name, path] of [["home", "/"], ["bundle", `/bundle/${bundle}`], ["validators", "/validators"], ["changes", "/changes"], ["address", "/address/0x70997970c51812dc3a010c7d01b50e0d17dc79c8"]]) {
    await phone.goto(base + path);
    await shown(phone, name);
    await phone.waitForSelector("main table tbody tr");
    await accessible(phone, `${name} on a phone`);
    await phone.screenshot({ path: `${folder}/${name}-phone.png` });
  }
  await phone.context().close();
});

await step("the network goes away and comes back", async () => {
  await page.goto(`${base}/`);
  await page.waitForSelector(".pulse[data-state=live]");
  const last = await tickOf(page);
  expected.away = true;
  await ask("stop");
  await page.waitForSelector("#stale");
  await accessible(page, "home without a network");
  await ask("start");
  await page.waitForSelector("#stale", { state: "detached" });
  await page.waitForFunction((n) => Number(document.querySelector(".pulse a").textContent.replace(/\D/g, "")) > n, last);
  expected.away = false;
});

await browser.close();
process.exit(0);

async function included() {
  return bundleWith((outcome) => outcome === "included");
}

async function voided() {
  return bundleWith((outcome) => outcome !== undefined && outcome !== "included");
}

// The newest bundle with such an outcome, as soon as there is one.
async function bundleWith(wanted) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const { ticks } = await api("ticks?limit=200");
    for (const { number, bundles } of ticks) {
      if (!bundles) continue;
      const { tick } = await api(`tick/${number}`);
      for (const { id } of tick.bundles) {
        const { status, final } = await api(`bundle/${id}`);
        if (final && wanted(status.attempts.at(-1).outcome)) return id;
      }
    }
  }
  throw new Error("no such bundle was ordered");
}
