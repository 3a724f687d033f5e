// What the tests do with pages: open them, look at them, order a job.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { out, root, watch } from "./browser.mjs";
import { firstModel } from "./network.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const samples = join(root, "examples", "pneumonia-trunk", "samples");
/** sample is a chest X-ray. */
export const sample = join(samples, readdirSync(samples).filter((f) => f.endsWith(".png")).sort()[0]);
const patience = 240_000; // machines differ; nothing here is a measurement

export function check(ok, what) {
  if (!ok) throw new Error(what);
}

/** fresh opens a browser with nothing kept from before, and a page of it. */
export async function fresh(t) {
  const context = await t.browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  context.setDefaultTimeout(patience);
  await watch(context, t.problems);
  return { context, page: await context.newPage() };
}

/** inspect holds that a page is usable on desktop and phone, in light and dark, and takes pictures of it for people. */
export async function inspect(page, name) {
  await page.evaluate(axeSource);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const where = `${name}-${width}-${colorScheme}`;
      await page.screenshot({ path: join(out, `${where}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(wide <= 0, `${where} is ${wide} px wider than the screen`);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      const text = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
      check(text.length === 0, `axe on ${where}:\n  ${text.join("\n  ")}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** openModel goes to the model that the network begins with; other tests publish more. */
export async function openModel(page, url) {
  await page.goto(`${url}/models`);
  await page.getByRole("link", { name: firstModel, exact: true }).click();
  await page.getByRole("link", { name: "Use this cut" }).waitFor();
}

/** throwaway and testWallet are the buttons of the wallets that the tests pay with. */
export const throwaway = "Use a throwaway wallet";
export const testWallet = "Connect Test Wallet";

/** connect connects a wallet on the page that is open. */
export async function connect(page, wallet) {
  await page.getByRole("button", { name: wallet }).click();
  await page.getByText("for gas").waitFor();
}

/** order fills in what a job needs. */
export async function order(page, url, wallet) {
  await openModel(page, url);
  await page.getByRole("link", { name: "Use this cut" }).click();
  await page.locator("input[type=file]").first().setInputFiles(sample);
  await page.locator(".preview canvas").waitFor();
  await connect(page, wallet);
}

export const start = (page) => page.getByRole("button", { name: "Encrypt and run" }).click();

/** active waits until a step is under way. */
export const active = (page, name) => page.locator(".step.active", { hasText: name }).waitFor();

/** release agrees to hand the intermediate over. */
export async function release(page) {
  await page.getByRole("alertdialog").waitFor();
  await page.getByRole("button", { name: "Release and get the answer" }).click();
}

/** answered waits for the answer. */
export async function answered(page) {
  await page.getByRole("heading", { name: "Answer" }).waitFor();
  check(/normal|pneumonia/.test(await page.locator(".answer .figure").innerText()), "there is no answer");
}

/** reopen is a new tab on the only job of the browser, in the state that it must be in. */
export async function reopen(context, url, state) {
  const page = await context.newPage();
  await page.goto(`${url}/jobs`);
  await page.locator(".card", { hasText: state }).getByRole("link").first().click();
  return page;
}

/** resume goes on with the job whose page is open. */
export async function resume(page, wallet) {
  await connect(page, wallet);
  await page.getByRole("button", { name: "Resume" }).click();
}
