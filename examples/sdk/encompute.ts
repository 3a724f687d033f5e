/*
The host's interface without Go: sign in, look at jobs, take releases over a socket or by polls. Node's own modules alone.

    node encompute.ts http://127.0.0.1:8440 key.hex jobs        # my jobs, a JSON document in each line
    node encompute.ts http://127.0.0.1:8440 key.hex export      # all that the host keeps of me
    node encompute.ts http://127.0.0.1:8440 key.hex releases 30 # a creator: wait 30 s for the next release
    node encompute.ts http://127.0.0.1:8440 key.hex ack 7       # up to release 7 all is answered
    node encompute.ts http://127.0.0.1:8440 key.hex watch 3     # over a socket, the next three releases, which come again
    node encompute.ts http://127.0.0.1:8440 key.hex take 3      # the same, acknowledged one by one

This is how Node 22.18 and newer run it. For Node 20, compile it first: web/node_modules/.bin/tsc -p examples/sdk --outDir build;
node --experimental-websocket build/encompute.js ...

GET /v1/openapi.json describes every route. What encrypts, opens and verifies is not here: a user needs the engine (package
client, or its WebAssembly), a creator the suffix. The signing below is plain arithmetic and not in constant time: use it with
keys that sign on machines of your own, or replace sign() by your wallet's.
*/
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

// Keccak-256, with the padding of Ethereum (0x01), not of SHA-3.
const MASK = (1n << 64n) - 1n;
const RATE = 136;

const rotl = (v: bigint, n: bigint): bigint => ((v << n) | (v >> (64n - n))) & MASK;

function permute(a: bigint[][]): void {
  let lfsr = 1;
  for (let round = 0; round < 24; round++) {
    const c = a.map((column) => column.reduce((x, y) => x ^ y));
    for (let x = 0; x < 5; x++) for (let y = 0; y < 5; y++) a[x]![y]! ^= c[(x + 4) % 5]! ^ rotl(c[(x + 1) % 5]!, 1n);
    let [x, y, current] = [1, 0, a[1]![0]!];
    for (let t = 0; t < 24; t++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      [current, a[x]![y]] = [a[x]![y]!, rotl(current, BigInt((((t + 1) * (t + 2)) / 2) % 64))];
    }
    for (let y = 0; y < 5; y++) {
      const row = a.map((column) => column[y]!);
      for (let x = 0; x < 5; x++) a[x]![y] = row[x]! ^ (~row[(x + 1) % 5]! & MASK & row[(x + 2) % 5]!);
    }
    for (let j = 0; j < 7; j++) {
      if (lfsr & 1) a[0]![0]! ^= 1n << BigInt((1 << j) - 1);
      lfsr = (lfsr << 1) ^ (lfsr & 0x80 ? 0x171 : 0);
    }
  }
}

function keccak256(data: Buffer): Buffer {
  const padded = Buffer.alloc((Math.floor(data.length / RATE) + 1) * RATE);
  data.copy(padded);
  padded[data.length]! ^= 0x01;
  padded[padded.length - 1]! ^= 0x80;
  const a = Array.from({ length: 5 }, () => Array<bigint>(5).fill(0n));
  for (let at = 0; at < padded.length; at += RATE) {
    for (let i = 0; i < RATE / 8; i++) a[i % 5]![Math.floor(i / 5)]! ^= padded.readBigUInt64LE(at + 8 * i);
    permute(a);
  }
  const out = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) out.writeBigUInt64LE(a[i]![0]!, 8 * i);
  return out;
}

// secp256k1 (SEC 2), signatures with the nonces of RFC 6979.
type Point = [bigint, bigint] | null;
const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G: Point = [
  0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
];

const mod = (v: bigint, m: bigint): bigint => ((v % m) + m) % m;

function invert(v: bigint, m: bigint): bigint {
  let [a, b, x, y] = [mod(v, m), m, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return mod(x, m);
}

function add(p: Point, q: Point): Point {
  if (!p || !q) return p ?? q;
  if (p[0] === q[0] && mod(p[1] + q[1], P) === 0n) return null;
  const m = p[0] === q[0] ? 3n * p[0] * p[0] * invert(2n * p[1], P) : (q[1] - p[1]) * invert(q[0] - p[0], P);
  const x = mod(m * m - p[0] - q[0], P);
  return [x, mod(m * (p[0] - x) - p[1], P)];
}

function multiply(k: bigint, p: Point): [bigint, bigint] {
  let r: Point = null;
  for (; k > 0n; k >>= 1n, p = add(p, p)) if (k & 1n) r = add(r, p);
  return r!; // k is neither 0 nor a multiple of N
}

const word = (v: bigint): Buffer => Buffer.from(v.toString(16).padStart(64, "0"), "hex");
const number = (b: Buffer): bigint => BigInt("0x" + b.toString("hex"));

/** The account of a key, in the checksum form of EIP-55. */
function address(key: bigint): string {
  const text = keccak256(Buffer.concat(multiply(key, G).map(word))).subarray(12).toString("hex");
  const check = keccak256(Buffer.from(text)).toString("hex");
  return "0x" + [...text].map((c, i) => (parseInt(check[i]!, 16) > 7 ? c.toUpperCase() : c)).join("");
}

/** r || s || v of a digest of 32 bytes, s in the lower half, v 27 or 28. */
function sign(key: bigint, digest: Buffer): Buffer {
  const z = number(digest);
  const seed = Buffer.concat([word(key), word(z % N)]);
  const hmac = (k: Buffer, ...data: Buffer[]): Buffer => createHmac("sha256", k).update(Buffer.concat(data)).digest();
  let k: Buffer = Buffer.alloc(32);
  let v: Buffer = Buffer.alloc(32, 1);
  for (const mark of [0, 1]) {
    k = hmac(k, v, Buffer.of(mark), seed);
    v = hmac(k, v);
  }
  for (;;) {
    v = hmac(k, v);
    const nonce = number(v);
    if (nonce > 0n && nonce < N) {
      const [x, y] = multiply(nonce, G);
      let [s, odd] = [mod(invert(nonce, N) * (z + (x % N) * key), N), y & 1n];
      if (x < N && s > 0n) {
        if (s > N / 2n) [s, odd] = [N - s, odd ^ 1n];
        return Buffer.concat([word(x), word(s), Buffer.of(27 + Number(odd))]);
      }
    }
    k = hmac(k, v, Buffer.of(0));
    v = hmac(k, v);
  }
}

/** A signature of a text, as wallets make them (EIP-191), in base64. */
function signText(key: bigint, text: string): string {
  const bytes = Buffer.from(text);
  return sign(key, keccak256(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes]))).toString("base64");
}

/** What the host refuses: a code, what is wrong, and what to do about it. */
interface Problem {
  code: string;
  detail: string;
  remedy: string;
}

class Refusal extends Error {
  constructor(p: Problem) {
    super(`${p.code}: ${p.detail}: ${p.remedy}`);
  }
}

interface Message {
  v: number;
  type: string;
  body: unknown;
}

interface Release {
  seq: number;
}

/** A host as one account sees it. */
class Host {
  readonly url: string;
  readonly #key: bigint;
  #token = "";

  constructor(url: string, key: bigint) {
    this.url = url.replace(/\/+$/, "");
    this.#key = key;
  }

  /** The answer of a request, as text; a Refusal if there is none. */
  async call(method: string, path: string, body?: unknown): Promise<string> {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (this.#token) headers["Authorization"] = "Bearer " + this.#token;
    const request: RequestInit = { method, headers, redirect: "error", signal: AbortSignal.timeout(90_000) };
    if (body !== undefined) request.body = JSON.stringify(body);
    const answer = await fetch(this.url + path, request);
    const text = await answer.text();
    if (!answer.ok) throw new Refusal(JSON.parse(text) as Problem);
    return text;
  }

  /** EIP-4361. The address in the message is the one that was configured, whatever the host says. */
  async signIn(): Promise<void> {
    const c = JSON.parse(await this.call("POST", "/v1/session/nonce")) as { nonce: string; chainId: number };
    if (!/^[A-Za-z0-9]+$/.test(c.nonce)) throw new Error("the nonce is not one");
    const at = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, "");
    const message =
      `${new URL(this.url).host} wants you to sign in with your Ethereum account:\n${address(this.#key)}\n\n` +
      `Show me my jobs and their results.\n\nURI: ${this.url}\nVersion: 1\nChain ID: ${c.chainId}\nNonce: ${c.nonce}\n` +
      `Issued At: ${at(Date.now())}\nExpiration Time: ${at(Date.now() + 5 * 60_000)}`;
    const session = await this.call("POST", "/v1/session", { message, signature: signText(this.#key, message) });
    this.#token = (JSON.parse(session) as { token: string }).token;
  }

  /** All jobs of the account, the latest first. */
  async *jobs(): AsyncGenerator<unknown> {
    for (let before = 0; ; ) {
      const page = JSON.parse(await this.call("GET", `/v1/me/jobs?before=${before}`)) as { jobs: unknown[]; next?: number };
      yield* page.jobs;
      if (!page.next) return;
      before = page.next;
    }
  }

  /** The creator's next release above a sequence number, in a list; empty if none came in time. */
  async releases(after: number, waitSeconds: number): Promise<Release[]> {
    return JSON.parse(await this.call("GET", `/v1/creator/releases?after=${after}&wait=${waitSeconds}`)) as Release[];
  }

  /** Says that up to a sequence number all is answered: it does not come again. */
  async ack(seq: number): Promise<void> {
    await this.call("POST", "/v1/creator/acks", { seq });
  }

  /**
   * Takes count releases over the creator's socket. One that is not acknowledged comes again with the next socket. A socket
   * that closes before is opened anew, from the last release that was taken.
   */
  async stream(count: number, acknowledge: boolean, take: (r: Release) => void): Promise<void> {
    for (let after = 0, left = count; left > 0; ) {
      await this.#socket(after, (r, send) => {
        take(r);
        after = r.seq;
        left--;
        if (acknowledge) send("ack", { seq: r.seq });
        return left > 0;
      });
      if (left > 0) await new Promise((again) => setTimeout(again, 1000));
    }
  }

  /** One socket, until it closes or take wants no more. */
  #socket(after: number, take: (r: Release, send: (type: string, body: unknown) => void) => boolean): Promise<void> {
    return new Promise((closed, refused) => {
      const socket = new WebSocket(this.url.replace(/^http/, "ws") + "/v1/creator");
      const send = (type: string, body: unknown): void => socket.send(JSON.stringify({ v: 1, type, body }));
      socket.onclose = socket.onerror = () => closed(); // a socket that never opened may tell no more than an error
      socket.onmessage = (event) => {
        const m = JSON.parse(event.data as string) as Message;
        if (m.type === "challenge") send("login", { creator: address(this.#key), signature: this.#login(m.body), after });
        if (m.type === "released" && !take(m.body as Release, send)) socket.close();
        if (m.type === "refused") refused(new Refusal(m.body as Problem));
      };
    });
  }

  #login(challenge: unknown): string {
    const { host, chainId, nonce } = challenge as { host: string; chainId: number; nonce: string };
    return signText(this.#key, `Encrypted_Compute: open my creator stream.\nHost: ${host}\nChain ID: ${chainId}\nNonce: ${nonce.replace(/^0x/, "")}`);
  }
}

async function main(url: string, keyFile: string, what: string, value = "0"): Promise<void> {
  const host = new Host(url, BigInt("0x" + readFileSync(keyFile, "utf8").trim().replace(/^0x/, "")));
  const print = (v: unknown): void => console.log(JSON.stringify(v));
  if (what === "watch" || what === "take") return host.stream(Number(value), what === "take", print); // a socket has a login of its own
  await host.signIn();
  switch (what) {
    case "jobs":
      for await (const job of host.jobs()) print(job);
      return;
    case "export":
      process.stdout.write(await host.call("GET", "/v1/me/export"));
      return;
    case "releases":
      for (const r of await host.releases(0, Number(value))) print(r);
      return;
    case "ack":
      return host.ack(Number(value));
  }
  throw new Error(`${what}: want jobs, export, releases, ack, watch or take`);
}

const [url, keyFile, what, value] = process.argv.slice(2);
if (!url || !keyFile || !what) {
  console.error("encompute.ts HOST KEY-FILE jobs | export | releases SECONDS | ack NUMBER | watch COUNT | take COUNT");
  process.exit(1);
}
main(url, keyFile, what, value).catch((e: Error) => {
  console.error(e.message);
  process.exit(1);
});
