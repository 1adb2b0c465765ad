// Uses the wallet page as people do: with a wallet in the browser, and with a development account in the page.
//
//   node e2e/wallet.mjs http://127.0.0.1:8545 <folder for screenshots> <facts about the network, as JSON>
//
// The network has two rollups with a token and a pool each, the contracts, and a solver.
import assert from "node:assert/strict";
import { privateKeyToAccount } from "viem/accounts";

import { accessible, launch, shown } from "./browser.mjs";
import { TestWallet } from "./provider.mjs";

const [gateway, folder, text] = process.argv.slice(2);
const { rollups: [here, there], key, stranger, page: pageAccount, impostor } = JSON.parse(text);
const base = `${gateway}/explorer`;
const { browser, open, step, expected } = await launch(gateway);

const page = await open({ colorScheme: "dark" });
const wallet = new TestWallet(key);
await wallet.enter(page.context());

const tokenAt = (rollup) => `${rollup.id}/${rollup.token.toLowerCase()}`;
const held = async (p, rollup) => BigInt(await p.evaluate((at) => document.querySelector(`#tokens [data-token="${at}"]`)?.dataset.amount ?? "0", tokenAt(rollup)));
const asked = (method) => wallet.asked.filter((one) => one.method === method);
const order = (id) => `[data-order="${id}"]`;
const connect = (p) => p.getByRole("button", { name: "Connect Test Wallet" });
const sign = (p) => p.getByRole("button", { name: "Sign and send" });
const ids = (p) => p.locator(".order").evaluateAll((all) => all.map((one) => one.dataset.order));

/** newOrder does something that makes an order, and gives the order's id. */
async function newOrder(p, run) {
  const before = await ids(p);
  await run();
  await p.waitForFunction((known) => [...document.querySelectorAll(".order")].some((one) => !known.includes(one.dataset.order)), before);
  return (await ids(p)).find((id) => !before.includes(id));
}

async function fill(p, amount) {
  await p.selectOption("#give-token", tokenAt(here));
  await p.selectOption("#get-token", tokenAt(there));
  await p.fill("#give-amount", amount);
}

await step("the wallet is found, and may be refused", async () => {
  await page.goto(`${base}/wallet`);
  await shown(page, "wallet");
  await connect(page).waitFor();
  await page.waitForSelector("#use-development");
  await accessible(page, "wallet before it is connected");
  await page.screenshot({ path: `${folder}/wallet-connect.png` });
  wallet.rejected.add("eth_requestAccounts");
  await connect(page).click();
  await page.waitForSelector("[role=alert]:has-text('You rejected it in the wallet')");
  wallet.rejected.clear();
});

await step("one balance over all rollups", async () => {
  await connect(page).click();
  await page.waitForSelector(`#account[data-address="${wallet.account.address.toLowerCase()}"]`);
  await page.waitForSelector(`#tokens [data-token="${tokenAt(here)}"]`);
  assert.equal(await held(page, here), 1_000n * 10n ** 18n);
  await page.getByRole("button", { name: "On each rollup" }).click();
  const parts = await page.locator("#ether li").count();
  assert.equal(parts, 2);
  const total = BigInt(await page.getAttribute("#total", "data-wei"));
  assert.ok(total > 19_000n * 10n ** 18n, `${total} wei over both rollups`);
  await accessible(page, "wallet");
  await page.screenshot({ path: `${folder}/wallet.png`, fullPage: true });
});

await step("tokens that look the same are told apart by their addresses", async () => {
  await page.selectOption("#give-token", tokenAt(here));
  for (const address of [impostor, there.token].map((a) => a.toLowerCase())) {
    const text = await page.locator(`#get-token option[value="${there.id}/${address}"]`).textContent();
    assert.ok(text.startsWith(`TT ${address.slice(0, 8)}…${address.slice(-4)}`), text);
  }
  assert.match(await page.locator(`#give-token option[value="${tokenAt(here)}"]`).textContent(), /^TT ·/);
});

await step("what cannot be signed says why", async () => {
  for (const [amount, said] of [["none", /is no amount/], ["0", /above zero/], ["1,000", /is no amount/], ["99999999", /which is less/], ["0.0000000000000000001", /is no amount/]]) {
    await fill(page, amount);
    await page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector("#obstacle")?.textContent ?? ""), said.source);
    assert.ok(await sign(page).isDisabled(), amount);
  }
});

await step("Permit2 is allowed once, on a rollup that the wallet did not know", async () => {
  await fill(page, "100");
  await page.waitForSelector("#quote");
  await page.screenshot({ path: `${folder}/wallet-form.png` });
  const allow = page.getByRole("button", { name: /^Let Permit2 move/ });
  await allow.waitFor();
  wallet.rejected.add("wallet_addEthereumChain");
  await allow.click();
  await page.waitForSelector("#trouble:has-text('You rejected it in the wallet')");
  assert.equal(asked("eth_sendTransaction").length, 0);
  wallet.rejected.clear();
  await allow.click();
  await page.waitForSelector(".todo li[data-done=true]");
  assert.equal(wallet.chain, here.id);
  assert.equal(asked("eth_sendTransaction").length, 1);
  assert.ok(await sign(page).isEnabled());
});

await step("a rejected signature sends nothing", async () => {
  wallet.rejected.add("eth_signTypedData_v4");
  await sign(page).click();
  await page.waitForSelector("#trouble:has-text('You rejected it in the wallet')");
  wallet.rejected.clear();
  assert.deepEqual(await ids(page), []);
});

await step("an order with somebody else's signature is refused with the gateway's words", async () => {
  wallet.signer = privateKeyToAccount(stranger);
  await sign(page).click();
  await page.waitForSelector("#trouble:has-text('The gateway refused it')");
  assert.match(await page.textContent("#trouble"), /signed/);
  wallet.signer = wallet.account;
  assert.deepEqual(await ids(page), []);
});

let swapped;
await step("one signature swaps across rollups, and is followed until it is attested", async () => {
  const [before, least] = [await held(page, there), await page.inputValue("#get-amount")];
  assert.ok(Number(least) > 50, `at least ${least}`);
  const signatures = asked("eth_signTypedData_v4").length;
  swapped = await newOrder(page, () => sign(page).click());
  assert.equal(asked("eth_signTypedData_v4").length, signatures + 1);
  await page.waitForSelector(`${order(swapped)}[data-status=filled][data-attested=true]`);
  const levels = page.locator(`${order(swapped)} .timeline li[data-reached=true]`);
  assert.deepEqual(await levels.evaluateAll((all) => all.map((one) => one.dataset.level)), ["accepted", "auction", "ordered", "executed", "attested"]);
  const times = await levels.locator(".took").allTextContents();
  for (const time of times) assert.match(time, /\d/, times.join(", "));
  assert.match(await page.textContent(`${order(swapped)} .outcome`), /Both sides took effect in one bundle.*You got/);
  await page.waitForFunction(([at, was]) => BigInt(document.querySelector(`#tokens [data-token="${at}"]`)?.dataset.amount ?? 0) > BigInt(was), [tokenAt(there), String(before)]);
  await page.waitForFunction(([at, want]) => document.querySelector(`#tokens [data-token="${at}"]`)?.dataset.amount === want, [tokenAt(here), String(900n * 10n ** 18n)]);
  assert.ok((await held(page, there)) >= BigInt(Math.floor(Number(least))) * 10n ** 18n);
  await accessible(page, "wallet after a swap");
  await page.screenshot({ path: `${folder}/wallet-swapped.png`, fullPage: true });
});

await step("the order leads to its bundle, and a reload keeps it", async () => {
  await page.click(`${order(swapped)} .order-links a >> nth=0`);
  await shown(page, "bundle");
  await page.goBack();
  await page.waitForSelector(`${order(swapped)}[data-attested=true]`);
  await page.reload();
  await page.waitForSelector(`#account[data-address="${wallet.account.address.toLowerCase()}"]`);
  await page.waitForSelector(`${order(swapped)}[data-status=filled][data-attested=true]`);
});

let waiting;
await step("an order that nobody fills is cancelled, and ended on its rollup", async () => {
  await fill(page, "10");
  await page.fill("#get-amount", "1000000");
  await page.waitForSelector("#ambitious");
  waiting = await newOrder(page, () => sign(page).click());
  await page.waitForSelector(`${order(waiting)}[data-status=open]`);
  await accessible(page, "wallet with an open order");
  await page.screenshot({ path: `${folder}/wallet-open.png`, fullPage: true });
  wallet.rejected.add("eth_signTypedData_v4");
  await page.click(`${order(waiting)} [data-do=cancel]`);
  await page.waitForSelector(`${order(waiting)} [role=alert]:has-text('You rejected it')`);
  wallet.rejected.clear();
  await page.click(`${order(waiting)} [data-do=cancel]`);
  await page.waitForSelector(`${order(waiting)}[data-status=cancelled]`);
  await page.click(`${order(waiting)} [data-do=end]`);
  await page.waitForSelector(`${order(waiting)} .notice[data-tone=good]`);
  await page.screenshot({ path: `${folder}/wallet-cancelled.png`, fullPage: true });
});

await step("a token is added by its address", async () => {
  await page.click(".add-token summary");
  const field = page.locator("#token-address");
  const add = page.getByRole("button", { name: "Add", exact: true });
  await field.fill("0x12");
  await add.click();
  await page.waitForSelector(".add-token [data-good=false]:has-text('40 hex digits')");
  await field.fill(`0x${"12".repeat(20)}`);
  await add.click();
  await page.waitForSelector(".add-token [data-good=false]:has-text('no ERC-20')");
  await field.fill(here.token);
  await add.click();
  await page.waitForSelector(".add-token [data-good=true]");
});

await step("without the gateway it says so, and goes on when it is back", async () => {
  expected.away = true;
  await page.context().setOffline(true);
  await page.waitForSelector("[role=alert]:has-text('The gateway does not answer')");
  await fill(page, "5");
  await page.context().setOffline(false);
  await page.waitForSelector("[role=alert]", { state: "detached" });
  expected.away = false;
});

await step("another account in the wallet ends the connection", async () => {
  await page.evaluate((other) => globalThis.testProvider.emit("accountsChanged", [other]), `0x${"34".repeat(20)}`);
  await connect(page).waitFor();
});

await step("everything by keyboard, on a phone, in light", async () => {
  const phone = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "light", reducedMotion: "reduce" });
  const other = new TestWallet(key);
  await other.enter(phone.context(), { announced: false });
  await phone.goto(`${base}/wallet`);
  await shown(phone, "wallet");
  await phone.getByRole("button", { name: "Connect Wallet of this browser" }).press("Enter");
  await phone.waitForSelector(`#tokens [data-token="${tokenAt(here)}"]`);
  await accessible(phone, "wallet on a phone");
  await phone.locator("#give-token").focus();
  await phone.selectOption("#get-token", `${there.id}/ether`);
  await phone.locator("#give-amount").press("5");
  await phone.waitForSelector(".todo li[data-done=true]");
  await phone.locator("#sign:enabled").waitFor();
  const id = await newOrder(phone, () => sign(phone).press("Enter"));
  await phone.waitForSelector(`${order(id)}[data-attested=true]`);
  await accessible(phone, "wallet on a phone after a swap");
  await phone.screenshot({ path: `${folder}/wallet-phone.png`, fullPage: true });
  await phone.context().close();
});

await step("a development account in the page", async () => {
  const light = await open({ colorScheme: "light" });
  await light.goto(`${base}/wallet`);
  await light.waitForSelector("#use-development");
  await light.selectOption("#development", String(pageAccount));
  await light.click("#use-development");
  await light.waitForSelector(".notice[data-tone=warn]:has-text('Everybody knows the key')");
  await light.waitForSelector(`#tokens [data-token="${tokenAt(here)}"]`);
  await fill(light, "25");
  await light.click("#allow");
  await light.waitForSelector(".todo li[data-done=true]");
  await light.locator("#sign:enabled").waitFor();
  const id = await newOrder(light, () => sign(light).click());
  await light.waitForSelector(`${order(id)}[data-attested=true]`);
  await light.waitForSelector(`#tokens [data-token="${tokenAt(there)}"]`);
  await accessible(light, "wallet in light");
  await light.screenshot({ path: `${folder}/wallet-light.png`, fullPage: true });
  await light.click("#disconnect");
  await light.waitForSelector("#use-development");
  await light.context().close();
});

await browser.close();
process.exit(0);
