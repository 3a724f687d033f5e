// Drives the real system in a real browser: a whole job, what refuses it, and what leaves the tab.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launch, out, root, startNetwork, watch } from "./browser.mjs";
import { injectWallet } from "./wallet.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const samples = join(root, "examples", "pneumonia-trunk", "samples");
const sample = join(samples, readdirSync(samples).filter((f) => f.endsWith(".png")).sort()[0]);
const patience = 240_000; // machines differ; nothing here is a measurement

const tests = [];
const test = (name, run) => tests.push({ name, run });

function check(ok, what) {
  if (!ok) throw new Error(what);
}

/** fresh opens a page with nothing kept from before. */
async function fresh(t, options = {}) {
  const context = await t.browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  watch(page, t.problems);
  return { context, page };
}

/** look takes pictures of a page for people, phone and desktop, light and dark. */
async function look(page, name) {
  for (const [width, scheme] of [[1280, "light"], [390, "light"], [390, "dark"]]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(out, `${name}-${width}-${scheme}.png`), fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wide <= 0, `${name} is ${wide} px wider than a screen of ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** audit has axe look for whatever keeps people out, in light and dark. */
async function audit(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const text = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
    check(text.length === 0, `axe on ${name}, ${colorScheme}:\n  ${text.join("\n  ")}`);
  }
}

async function openModel(page, url) {
  await page.goto(`${url}/models`);
  await page.locator(".card h2 a").first().click();
  await page.getByRole("link", { name: "Use this cut" }).waitFor();
}

async function order(page, url, wallet) {
  await openModel(page, url);
  await page.getByRole("link", { name: "Use this cut" }).click();
  await page.locator("input[type=file]").first().setInputFiles(sample);
  await page.locator(".preview canvas").waitFor();
  await page.getByRole("button", { name: wallet }).click();
  await page.getByText("for gas").waitFor();
}

test("pages are usable and say what is simulated", async (t) => {
  const { context, page } = await fresh(t);
  const visit = async (path, name, ready) => {
    await page.goto(t.url + path);
    await ready();
    await page.getByText("SIMULATED").first().waitFor();
    await audit(page, name);
    await look(page, name);
  };
  await visit("/", "home", () => page.locator(".picture").waitFor());
  await visit("/models", "models", () => page.locator(".card").first().waitFor());
  await openModel(page, t.url);
  await visit(new URL(page.url()).pathname, "model", () => page.getByText("by the worker").or(page.getByText("reference machine")).first().waitFor());
  await visit("/explore", "explore", () => page.getByLabel("Job id").waitFor());
  await visit("/verify", "verify", () => page.getByLabel("Quote").waitFor());
  await visit("/jobs", "jobs-empty", () => page.getByText("no jobs").waitFor());
  await visit("/nothing/here", "missing", () => page.getByText("no such page").waitFor());
  await context.close();
});

test("a worker is verified in the tab, and a changed quote is refused", async (t) => {
  const { context, page } = await fresh(t);
  let tampered = false;
  await page.goto(`${t.url}/workers`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await page.getByText("All checks passed").waitFor();
  check((await page.locator(".check.passed").count()) > 20, "a verdict has too few checks");
  check((await page.locator(".check.failed").count()) === 0, "an accepted verdict has failed checks");
  await page.getByText("What this does not prove").waitFor();
  await audit(page, "workers");
  await look(page, "workers");
  await context.route("**/evidence", async (route) => {
    const response = await route.fetch();
    const evidence = await response.json();
    const quote = Buffer.from(evidence.quote, "base64");
    quote[300] ^= 1; // in the body that the hardware signed
    evidence.quote = quote.toString("base64");
    tampered = true;
    await route.fulfill({ response, json: evidence });
  });
  await page.getByRole("button", { name: "Verify again" }).click();
  await page.locator(".verdict.bad").waitFor();
  check(tampered, "the evidence did not pass the test's hands");
  check((await page.locator(".check.failed").count()) > 0, "a refusal names no check");
  await look(page, "refused");
  await context.close();
});

test("a whole job, of which only ciphertext leaves the tab", async (t) => {
  const { context, page } = await fresh(t);
  const sent = [];
  context.on("request", (r) => sent.push({ url: r.url(), body: r.postDataBuffer() }));
  page.on("websocket", (s) => s.on("framesent", (f) => sent.push({ url: s.url(), body: Buffer.from(f.payload) })));
  await order(page, t.url, "Use a throwaway wallet");
  await audit(page, "order");
  await look(page, "order");
  const pixels = await shownPixels(page);
  await page.getByRole("button", { name: "Encrypt and run" }).click();
  await page.getByRole("alertdialog").waitFor();
  const keys = await keptKeys(page);
  await audit(page, "release");
  await look(page, "release");
  await page.getByRole("button", { name: "Release and get the answer" }).click();
  await page.getByRole("heading", { name: "Answer" }).waitFor();
  check((await page.locator(".step.done").count()) >= 12, "steps are missing");
  check(/normal|pneumonia/.test(await page.locator(".answer .figure").innerText()), "there is no answer");
  await page.getByText("SIMULATED: the worker's evidence").waitFor();
  await audit(page, "answer");
  await look(page, "answer");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the receipt" }).click()]);
  const receipt = join(out, "receipt.json");
  await file.saveAs(receipt);
  searchSent(sent, { file: readFileSync(sample), pixels, ...keys });
  await checkReceipt(t, page, receipt);
  await page.goto(`${t.url}/jobs`);
  await page.getByText("answered").waitFor();
  await audit(page, "jobs");
  await look(page, "jobs");
  await context.close();
});

/** shownPixels are the values of the input as the model gets them, one byte each. */
async function shownPixels(page) {
  const gray = await page.locator(".preview canvas").evaluate((c) => {
    const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
    return Array.from(data).filter((_, i) => i % 4 === 0);
  });
  return Buffer.from(gray);
}

/** keptKeys opens the browser's vault as only this origin can, and takes the secret keys out of the kept job. */
async function keptKeys(page) {
  const job = await page.evaluate(async () => {
    const wait = (r) => new Promise((resolve, reject) => { r.onsuccess = () => resolve(r.result); r.onerror = () => reject(r.error); });
    const db = await wait(indexedDB.open("encompute"));
    const key = await wait(db.transaction("keys").objectStore("keys").get("wrap"));
    if (key.extractable) throw new Error("the wrapping key can be exported");
    const store = db.transaction("secrets").objectStore("secrets");
    const place = (await wait(store.getAllKeys())).find(([kind]) => kind === "job");
    const s = await wait(db.transaction("secrets").objectStore("secrets").get(place));
    const additionalData = new TextEncoder().encode([...place, s.revision].join("/"));
    return Array.from(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: s.iv, additionalData }, key, s.data)));
  });
  const seed = member(Buffer.from(job), "secretKey").subarray(-32); // before it stands the plan's digest, which is public
  return { secretKey: seed, resultKey: member(Buffer.from(job), "resultKey") };
}

/** member finds a byte string of a CBOR map by its name. */
function member(b, name) {
  const at = b.indexOf(Buffer.concat([Buffer.from([0x60 | name.length]), Buffer.from(name)]));
  check(at >= 0, `the kept job has no ${name}`);
  const from = at + 1 + name.length;
  const width = { 0x58: 1, 0x59: 2, 0x5a: 4 }[b[from]];
  check(width, `${name} of the kept job is no byte string`);
  const size = b.readUIntBE(from + 1, width);
  return b.subarray(from + 1 + width, from + 1 + width + size);
}

/** needles are pieces of a secret in the forms in which it could leave. */
function needles(b) {
  const forms = [];
  for (let at = 0; at + 24 <= b.length; at += Math.max(8, Math.floor(b.length / 64))) {
    const part = b.subarray(at, at + 24);
    if (new Set(part).size < 6) continue; // of an even ground, which is anywhere
    forms.push(part, Buffer.from(part.toString("hex")), Buffer.from(part.toString("base64")), Buffer.from([...part].join(",")));
  }
  return forms;
}

/** searchSent holds that no request and no message of a socket carries a secret. */
function searchSent(sent, secrets) {
  check(sent.some((r) => (r.body?.length ?? 0) > 1 << 20), "no upload was recorded, so nothing was searched");
  for (const [name, secret] of Object.entries(secrets)) {
    const forms = needles(secret);
    check(forms.length > 0, `${name} has nothing to search for`);
    for (const form of forms) {
      for (const r of sent) check(!r.body?.includes(form) && !r.url.includes(form.toString("latin1")), `${name} leaves the tab in a request to ${r.url}`);
    }
  }
}

async function checkReceipt(t, page, receipt) {
  await page.goto(`${t.url}/explore`);
  await page.getByLabel("Or a receipt file").setInputFiles(receipt);
  await page.locator(".check").first().waitFor();
  check((await page.locator(".check.failed").count()) === 0, `an honest receipt fails: ${await page.locator(".check.failed").allInnerTexts()}`);
  await look(page, "receipt");
  const forged = JSON.parse(readFileSync(receipt, "utf8"));
  forged.computed.receipt.outputHash = `0x${"1".repeat(64)}`;
  await page.goto(`${t.url}/explore`);
  await page.getByLabel("Or a receipt file").setInputFiles({ name: "forged.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(forged)) });
  await page.locator(".check").first().waitFor();
  check((await page.locator(".check.passed code", { hasText: "receipt.signature" }).count()) === 0, "a forged receipt is taken for a worker's");
}

test("a wallet that declines pays nothing", async (t) => {
  const { context, page } = await fresh(t);
  const asked = [];
  await injectWallet(page, t.url, (method) => {
    asked.push(method);
    return method !== "eth_sendTransaction";
  });
  await order(page, t.url, "Connect Test Wallet");
  await page.getByRole("button", { name: "Encrypt and run" }).click();
  await page.getByRole("alert").getByText("You declined in the wallet").waitFor();
  check(asked.includes("eth_sendTransaction"), "the wallet was not asked");
  check((await page.locator(".step.failed").innerText()).includes("Pay into escrow"), "the payment is not what failed");
  await page.goto(`${t.url}/jobs`);
  await page.getByText("prepared, not paid").waitFor();
  await context.close();
});

async function main() {
  const only = process.argv[2];
  const network = await startNetwork();
  const browser = await launch();
  let failed = 0;
  try {
    for (const { name, run } of tests.filter((x) => !only || x.name.includes(only))) {
      const t = { browser, url: network.url, problems: [] };
      const began = Date.now();
      try {
        await run(t);
        check(t.problems.length === 0, t.problems.join("\n"));
        console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
      } catch (e) {
        failed++;
        console.error(`FAIL  ${name}: ${e.message}`);
        for (const c of browser.contexts()) for (const p of c.pages()) await p.screenshot({ path: join(out, "failed.png"), fullPage: true }).catch(() => {});
      }
      for (const c of browser.contexts()) await c.close();
    }
  } finally {
    await browser.close();
    await network.stop();
  }
  process.exit(failed ? 1 : 0);
}

await main();
