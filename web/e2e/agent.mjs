// A creator's agent, started as the page says, and a user of the command line who asks it.
import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { root } from "./browser.mjs";
import { check } from "./page.mjs";
import { fund } from "./wallet.mjs";

const program = process.env.ENCOMPUTE_PROGRAM ?? join(root, "bin", "encompute");
const run = promisify(execFile);
const passphrase = "correct horse battery";

/** makeFile has the page make the agent's file. */
export async function makeFile(page) {
  await page.getByLabel("Passphrase for the file").fill(passphrase);
  await page.getByLabel("The same again").fill(passphrase);
  await page.getByRole("button", { name: "Make the file" }).click();
  await page.locator(".command code").waitFor();
}

/** download saves what the page offers under the name that it gives. */
async function download(page, name, folder) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
  await file.saveAs(join(folder, file.suggestedFilename()));
}

/** startAgent runs the command of the page in the folder of its downloads. */
export async function startAgent(page, folder) {
  await download(page, /^Download .*\.encompute$/, folder);
  await download(page, "Download the network file", folder);
  const [name, ...args] = (await page.locator(".command code").innerText()).split(" ");
  check(name === "encompute", `the command begins with ${name}`);
  const env = { PATH: process.env.PATH, HOME: folder, ENCOMPUTE_HOME: join(folder, "agent"), ENCOMPUTE_PASSPHRASE: passphrase };
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (b) => { said += b; });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return { said: () => said, end: async () => { child.kill("SIGINT"); return ended; } };
}

/** ask runs a job of a user who has nothing to do with the browser, and returns the label that it is answered. */
export async function ask(url, folder, ...args) {
  const key = generatePrivateKey();
  await fund(privateKeyToAccount(key).address, url, { tokens: 10_000_000n, coins: "1" });
  writeFileSync(join(folder, "user.key"), key.slice(2), { mode: 0o600 });
  const env = { PATH: process.env.PATH, HOME: folder, ENCOMPUTE_HOME: join(folder, "user"), ENCOMPUTE_PASSPHRASE: "another passphrase" };
  const encompute = (...rest) => run(program, ["--network", join(folder, "network.json"), ...rest], { env });
  await encompute("wallet", "new", "--key-file", join(folder, "user.key"));
  const { stdout } = await encompute("job", "run", ...args, "--yes", "--json");
  return JSON.parse(stdout).label;
}

/** wait waits for something that the agent has to do. */
export async function wait(what, ready, agent) {
  for (let i = 0; i < 900; i++) {
    if (await ready()) return;
    await sleep(200);
  }
  throw new Error(`${what}; the agent said ${agent.said()}`);
}
