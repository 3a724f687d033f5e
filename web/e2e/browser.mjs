// Starts the system and a browser for the tests: a network of its own on this machine, and Debian's Chromium.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const out = join(root, "web", "e2e", "out"); // screenshots
mkdirSync(out, { recursive: true });

/** startNetwork runs `devnet up`, or takes the network at ENCOMPUTE_URL. */
export async function startNetwork() {
  if (process.env.ENCOMPUTE_URL) return { url: process.env.ENCOMPUTE_URL, stop: async () => {} };
  const program = process.env.ENCOMPUTE_DEVNET ?? join(root, "bin", "devnet");
  const child = spawn(program, ["up"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (b) => {
      text += b;
      const found = /host\s+(http:\/\/\S+)\s+chain\s+http/.exec(text);
      if (found) resolve(found[1]);
    });
    child.on("exit", (code) => reject(new Error(`devnet ended with ${code}: ${text}`)));
  });
  return { url, stop: async () => { child.kill("SIGINT"); await ended; } };
}

/** launch starts Chromium without the background requests that a closed network would refuse. */
export async function launch() {
  const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => p && existsSync(p));
  if (!executablePath) throw new Error("there is no Chromium: apt-get install chromium, or set CHROMIUM to its path");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** watch collects what must not happen in a page: errors, broken rules of the content policy. */
export function watch(page, problems) {
  page.on("pageerror", (e) => problems.push(`page error: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error" && !/40[134]|503/.test(m.text())) problems.push(`console: ${m.text()}`);
  });
}
