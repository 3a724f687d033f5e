import { describe, expect, it, vi } from "vitest";
import { retold, tell } from "./lies.ts";

const bytes = (n: number) => btoa(String.fromCharCode(...Array.from({ length: n }, (_, i) => i % 256)));
const differing = (a: string, b: string) => [...atob(a)].flatMap((c, i) => (c === atob(b)[i] ? [] : [i]));

describe("lies", () => {
  it("flip one byte of the quote and leave the rest of the evidence", () => {
    const told = { tee: "tdx", quote: bytes(600), binding: { chainId: 1 } };
    const got = JSON.parse(retold("quote", "/v1/workers/0xab/evidence", JSON.stringify(told))) as typeof told;
    expect(differing(told.quote, got.quote)).toEqual([184]);
    expect({ ...got, quote: "" }).toEqual({ ...told, quote: "" });
  });
  it("change receipt or answer in a job and in an event, and nothing before there is one", () => {
    const job = { jobId: "0x1", computed: { receipt: { elapsedMs: 7 } }, delivered: { sealed: bytes(9) } };
    const asked = JSON.parse(retold("receipt", "/v1/jobs/0x1", JSON.stringify(job))) as typeof job;
    expect(asked).toEqual({ ...job, computed: { receipt: { elapsedMs: 8 } } });
    const event = JSON.parse(retold("answer", "/v1/jobs/0x1/events", JSON.stringify({ seq: 3, job }))) as { seq: number; job: typeof job };
    expect(event.seq).toBe(3);
    expect(differing(event.job.delivered.sealed, job.delivered.sealed)).toEqual([4]);
    expect(JSON.parse(retold("receipt", "/v1/jobs/0x1", '{"jobId":"0x1"}'))).toEqual({ jobId: "0x1" });
  });
  it("leave everything else as it is", () => {
    for (const lie of ["quote", "receipt", "output", "answer"] as const) expect(retold(lie, "/v1/models", "{ }")).toBe("{ }");
  });
  it("are told from when they are switched on until they are switched off", async () => {
    vi.stubGlobal("fetch", async () => new Response(new Uint8Array([1, 2, 3])));
    const blob = async () => [...new Uint8Array(await (await fetch("/v1/blobs/0x1")).arrayBuffer())];
    expect(await blob()).toEqual([1, 2, 3]);
    tell("output");
    expect(await blob()).toEqual([1, 3, 3]);
    tell(null);
    expect(await blob()).toEqual([1, 2, 3]);
    vi.unstubAllGlobals();
  });
});
