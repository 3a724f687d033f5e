// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { hashTypedData, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';

// The statements of protocol/typeddata.go, hashed by another implementation: wallets show and sign these.
const types = {
  JobSpec: fields(
    'address user,address creator,bytes32 modelId,bytes32 manifestHash,bytes32 prefixHash,uint32 cut,bytes32 workloadId,uint32 computeMs,' +
      'uint40 prefixBy,uint40 deliverBy,bytes32 inputHash,bytes32 keysHash,uint96 workerFee,uint96 creatorFee,uint16 feeBps,bytes32 salt',
  ),
  Receipt: fields('bytes32 jobId,bytes32 prefixHash,bytes32 keysHash,bytes32 inputHash,bytes32 outputHash,uint32 elapsedMs'),
  Delivery: fields('bytes32 jobId,bytes32 outputHash,bytes32 resultHash'),
  Acknowledgement: fields('bytes32 jobId,bytes32 resultHash'),
  Transfer: fields('bytes32 jobId,bytes32 resultHash'),
};

function fields(list: string): { name: string; type: string }[] {
  return list.split(',').map((field) => {
    const [type = '', name = ''] = field.split(' ');
    return { name, type };
  });
}

interface Vector {
  name: string;
  domain: { chainId: number; market: Hex };
  spec: Record<string, unknown>;
  receipt: Record<string, unknown> & { outputHash: Hex };
  jobId: Hex;
  digest: Hex;
  resultHash: Hex;
  deliveryDigest: Hex;
  acknowledgementDigest: Hex;
  transferDigest: Hex;
}

const read = (file: string): Vector => JSON.parse(readFileSync(file, 'utf8')) as Vector;

const folder = '../protocol/testdata/vectors/receipt';
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('digests of the shared vectors', () => {
  it('has vectors', () => expect(files.length).toBeGreaterThan(3));
  it.each(files)('%s', (name) => {
    const v = read(`${folder}/${name}`);
    const domain = { name: 'Encrypted_Compute', version: '1', chainId: v.domain.chainId, verifyingContract: v.domain.market };
    const digest = (primaryType: keyof typeof types, message: Record<string, unknown>): Hex =>
      hashTypedData({ domain, types, primaryType, message } as Parameters<typeof hashTypedData>[0]);
    const result = { jobId: v.jobId, resultHash: v.resultHash };
    expect(digest('JobSpec', v.spec)).toBe(v.jobId);
    expect(digest('Receipt', v.receipt)).toBe(v.digest);
    expect(digest('Delivery', { ...result, outputHash: v.receipt.outputHash })).toBe(v.deliveryDigest);
    expect(digest('Acknowledgement', result)).toBe(v.acknowledgementDigest);
    expect(digest('Transfer', result)).toBe(v.transferDigest);
  });
});
