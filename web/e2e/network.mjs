// A network of its own for the tests, on this machine: a real host, worker, chain and creator, which can be stopped.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./browser.mjs";

/** startNetwork runs `devnet up`, or takes the network at ENCOMPUTE_URL, whose processes cannot be stopped. */
export async function startNetwork() {
  if (process.env.ENCOMPUTE_URL) return new Network(process.env.ENCOMPUTE_URL);
  const program = process.env.ENCOMPUTE_DEVNET ?? join(root, "bin", "devnet");
  const child = spawn(program, ["up"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`devnet ended with ${code}: ${text}`)));
    child.stdout.on("data", (b) => {
      text += b;
      const found = /host\s+(http:\/\/\S+)\s+chain\s+http/.exec(text);
      if (found) resolve(found[1]);
    });
  });
  return new Network(url, child, ended);
}

/** firstModel is the name of the model that every network begins with. */
export const firstModel = "pneumonia-trunk";

class Network {
  #devnet;
  #ended;
  #creator; // started here

  constructor(url, devnet, ended) {
    this.url = url;
    this.#devnet = devnet;
    this.#ended = ended;
  }

  async stop() {
    if (!this.#devnet) return;
    this.resumeWorker();
    await this.#creator?.end();
    this.#devnet.kill("SIGINT");
    await this.#ended;
  }

  /** moveTime makes a block of the development chain so many seconds after its latest. */
  async moveTime(seconds) {
    const { rpc } = await (await fetch(`${this.url}/network.json`)).json();
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "evm_increaseTime", params: [seconds] });
    let answer;
    for (let i = 0; i < 100; i++) { // it is refused while transactions wait for a block
      answer = await (await fetch(rpc, { method: "POST", headers: { "Content-Type": "application/json" }, body })).json();
      if (answer.result) return;
      await sleep(100);
    }
    throw new Error(`the chain's time does not move: ${JSON.stringify(answer)}`);
  }

  /** pauseWorker lets no worker compute until resumeWorker. */
  pauseWorker() {
    process.kill(this.#child((args) => args[0].endsWith("enclave")).pid, "SIGSTOP");
  }

  resumeWorker() {
    process.kill(this.#child((args) => args[0].endsWith("enclave")).pid, "SIGCONT");
  }

  /** withoutCreator runs something while the creator's agent is down, which is online again afterwards. */
  async withoutCreator(act) {
    const agent = this.#creator ?? this.#child((args) => args.includes("creator") && args.includes("serve"));
    if (this.#creator) await this.#creator.end();
    else process.kill(agent.pid, "SIGTERM");
    await this.#online(false);
    try {
      await act();
    } finally {
      const { args, env, cwd } = agent;
      const child = spawn(args[0], args.slice(1), { env, cwd, stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("exit", resolve));
      this.#creator = { args, env, cwd, end: () => { child.kill("SIGTERM"); return ended; } };
      await this.#online(true);
    }
  }

  /** #online waits until the host shows the model that the network begins with as online, or not. */
  async #online(wanted) {
    for (let i = 0; i < 600; i++) {
      const models = await (await fetch(`${this.url}/v1/models`)).json();
      const own = models.find((m) => Buffer.from(m.manifest, "base64").includes(firstModel));
      if (own && Boolean(own.online) === wanted) return;
      await sleep(100);
    }
    throw new Error(`the creator's agent is not ${wanted ? "online" : "offline"} after a minute`);
  }

  /** #child finds a process that devnet started. */
  #child(matches) {
    if (!this.#devnet) throw new Error("this test stops processes of the network: run it without ENCOMPUTE_URL");
    for (const pid of readdirSync("/proc").filter((p) => /^\d+$/.test(p))) {
      try {
        const parent = Number(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) \S /s, "").split(" ")[0]);
        const args = list(`/proc/${pid}/cmdline`);
        if (parent !== this.#devnet.pid || !matches(args)) continue;
        const env = Object.fromEntries(list(`/proc/${pid}/environ`).map((v) => [v.slice(0, v.indexOf("=")), v.slice(v.indexOf("=") + 1)]));
        return { pid: Number(pid), args, env, cwd: readlinkSync(`/proc/${pid}/cwd`) };
      } catch (e) {
        if (e.code !== "ENOENT" && e.code !== "ESRCH") throw e; // it ended meanwhile
      }
    }
    throw new Error("devnet has no such process");
  }
}

const list = (file) => readFileSync(file, "utf8").split("\0").filter(Boolean);
