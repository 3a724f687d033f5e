// Compiles src/*.sol with solc-js and writes artifacts/<Contract>.json (ABI and creation bytecode) and
// bindings/<contract>.go (abigen). `node build.mjs --check` writes nothing and fails if a file would change.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const solc = createRequire(import.meta.url)('solc');
const here = import.meta.dirname;
const contracts = ['AttesterVerifier', 'DcapVerifier', 'Market', 'ModelRegistry', 'TestToken', 'WorkerRegistry'];

function compile() {
  const files = fs.readdirSync(path.join(here, 'src')).sort();
  const sources = Object.fromEntries(files.map(f => [`src/${f}`, { content: fs.readFileSync(path.join(here, 'src', f), 'utf8') }]));
  const settings = { // the same as foundry.toml, so that what is tested is what ships
    optimizer: { enabled: true, runs: 10000 },
    evmVersion: 'cancun',
    metadata: { appendCBOR: false, bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
  };
  const findImport = name => ({ contents: fs.readFileSync(path.join(here, 'node_modules', name), 'utf8') });
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }), { import: findImport }));
  const messages = output.errors ?? [];
  for (const e of messages) console.error(e.formattedMessage);
  if (messages.length) process.exit(1); // warnings too
  return output.contracts;
}

// abigen writes one Go file. eip712Domain and a verifier's verify return several values, for which abigen makes
// a struct that carries no contract name and would be declared by every contract that has it; Go calls neither.
function bind(name, { abi, bytecode }, dir) {
  const abiFile = path.join(dir, 'abi.json'), binFile = path.join(dir, 'bin.hex'), out = path.join(dir, 'out.go');
  fs.writeFileSync(abiFile, JSON.stringify(abi.filter(x => x.name !== 'eip712Domain' && x.name !== 'verify')));
  fs.writeFileSync(binFile, bytecode);
  const args = ['tool', 'abigen', '--v2', '--pkg', 'bindings', '--type', name, '--abi', abiFile, '--bin', binFile, '--out', out];
  execFileSync('go', args, { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
  return fs.readFileSync(out, 'utf8').replaceAll('errors.New("Unknown error")', 'errors.New("unknown error")'); // for linters
}

function generate() {
  const compiled = compile();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bindings-'));
  const files = {};
  try {
    for (const name of contracts) {
      const { abi, evm } = compiled[`src/${name}.sol`][name];
      const artifact = { contractName: name, compiler: solc.version(), abi, bytecode: `0x${evm.bytecode.object}` };
      files[`artifacts/${name}.json`] = JSON.stringify(artifact, null, 1) + '\n';
      files[`bindings/${name.toLowerCase()}.go`] = bind(name, artifact, dir);
      console.log(name.padEnd(18), evm.deployedBytecode.object.length / 2, 'bytes deployed');
    }
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
  return files;
}

const files = generate();
if (process.argv.includes('--check')) {
  const read = f => fs.existsSync(f) ? fs.readFileSync(f, 'utf8') : undefined;
  const stale = Object.keys(files).filter(f => read(path.join(here, f)) !== files[f]);
  if (stale.length) {
    console.error(`stale: ${stale.join(', ')}: run npm run build and commit the result`);
    process.exit(1);
  }
  console.log('artifacts and bindings are up to date');
} else {
  for (const [f, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(here, f)), { recursive: true });
    fs.writeFileSync(path.join(here, f), text);
  }
}
