// Debian's Chromium for the tests, and what every page of it must not do.
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const out = join(root, "web", "e2e", "out"); // screenshots and the report
mkdirSync(out, { recursive: true });

/** findChromium returns the path of a browser. */
export function findChromium() {
  const path = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => p && existsSync(p));
  if (!path) throw new Error("there is no Chromium: apt-get install chromium, or set CHROMIUM to its path");
  return path;
}

/** launch starts Chromium without the background requests that a closed network would refuse. */
export async function launch() {
  return chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

const expected = /^Failed to load resource: the server responded with a status of (401|403|404|503) /; // answers that pages handle

/** watch collects what must not happen in the pages of a context: errors, and breaches of the content policy. */
export async function watch(context, problems) {
  await context.exposeBinding("testBreach", (_, text) => problems.push(`content policy: ${text}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (e) => void globalThis.testBreach(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
  });
  context.on("weberror", (e) => problems.push(`page error: ${e.error().message}`));
  context.on("console", (m) => {
    if (m.type() === "error" && !expected.test(m.text())) problems.push(`console: ${m.text()}`);
  });
}
