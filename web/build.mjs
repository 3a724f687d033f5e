// Builds the pages and the WebAssembly client into dist, compressed as the host serves them, and holds their sizes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const cache = join(here, "node_modules", ".cache", "encompute");
const maxScript = 250 << 10; // gzip, of all that the first page loads
const maxWasm = 4.6 * (1 << 20); // brotli

const go = process.env.GO ?? "go";
mkdirSync(cache, { recursive: true });
for (const name of readdirSync(dist)) {
  if (name !== ".gitignore") rmSync(join(dist, name), { recursive: true });
}

const wasm = join(cache, "client.wasm");
execFileSync(go, ["build", "-trimpath", "-ldflags=-s -w", "-o", wasm, "./cmd/wasm"], {
  cwd: join(here, ".."),
  env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
  stdio: "inherit",
});
const root = execFileSync(go, ["env", "GOROOT"], { encoding: "utf8" }).trim();
copyFileSync(join(root, "lib", "wasm", "wasm_exec.js"), join(here, "src", "worker", "wasm_exec.js"));

const client = readFileSync(wasm);
const digest = createHash("sha256").update(client).digest("hex").slice(0, 16);
const name = `client-${digest}.wasm`;
process.env.ENCOMPUTE_WASM = `/assets/${name}`;
await build({ root: here, configFile: join(here, "vite.config.ts"), logLevel: "warn" });

function brotli(b, quality) {
  const p = constants;
  return brotliCompressSync(b, { params: { [p.BROTLI_PARAM_QUALITY]: quality, [p.BROTLI_PARAM_LGWIN]: 24, [p.BROTLI_PARAM_SIZE_HINT]: b.length } });
}

// Compressing the client takes half a minute, so it is done once for each.
function cached(suffix, compress) {
  const file = join(cache, name + suffix);
  if (!existsSync(file)) writeFileSync(file, compress());
  copyFileSync(file, join(dist, "assets", name + suffix));
  return statSync(file).size;
}
const wasmBytes = cached(".br", () => brotli(client, Number(process.env.BROTLI ?? 11)));
cached(".gz", () => gzipSync(client, { level: 9 }));

const assets = join(dist, "assets");
for (const file of readdirSync(assets).filter((f) => /\.(js|css)$/.test(f))) {
  const b = readFileSync(join(assets, file));
  writeFileSync(join(assets, file + ".br"), brotli(b, 11));
  writeFileSync(join(assets, file + ".gz"), gzipSync(b, { level: 9 }));
}
const scripts = readdirSync(assets).filter((f) => f.endsWith(".js"));
const scriptBytes = scripts.map((f) => statSync(join(assets, f + ".gz")).size).reduce((a, b) => a + b, 0);

console.log(`scripts ${(scriptBytes / 1024).toFixed(0)} KiB gzip, client ${(wasmBytes / (1 << 20)).toFixed(2)} MiB brotli`);
if (scriptBytes > maxScript || wasmBytes > maxWasm) {
  console.error(`too large: at most ${maxScript >> 10} KiB of scripts and ${(maxWasm / (1 << 20)).toFixed(1)} MiB of WebAssembly`);
  process.exit(1);
}
