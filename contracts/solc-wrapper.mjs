#!/usr/bin/env node
// The part of the solc command line that forge needs (--version and --standard-json), over solc-js.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const solc = createRequire(import.meta.url)('solc');
if (process.argv.includes('--version')) {
  const version = solc.version().replace(/\.Emscripten\.clang$/, '.Linux.g++'); // the only form forge parses
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${version}`);
} else if (process.argv.includes('--standard-json')) {
  fs.writeSync(1, solc.compile(fs.readFileSync(0, 'utf8')));
} else {
  console.error('solc-wrapper: only --version and --standard-json are supported');
  process.exitCode = 1;
}
