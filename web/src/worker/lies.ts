// Lies for the curious: what the host answers is changed on its way into the worker, as if the host could not be trusted. The
// client under trial is the one that everybody runs; it is not told.

/** Lie is what is changed: a byte of a worker's quote, a field of the receipt, a byte of the encrypted output, or of the sealed answer. */
export type Lie = "quote" | "receipt" | "output" | "answer";

/** quoteByte is the first byte of MRTD, the measurement of a TDX machine, in its quote. */
const quoteByte = 184;

interface JobView { computed?: { receipt: { elapsedMs: number } }; delivered?: { sealed: string } }

/** flip changes a bit of bytes in base64. */
function flip(base64: string, at: number): string {
  const bytes = atob(base64);
  return btoa(bytes.slice(0, at) + String.fromCharCode(bytes.charCodeAt(at) ^ 1) + bytes.slice(at + 1));
}

function jobAfter(lie: Lie, job: JobView): JobView {
  if (lie === "receipt" && job.computed) job.computed.receipt.elapsedMs++;
  if (lie === "answer" && job.delivered?.sealed) job.delivered.sealed = flip(job.delivered.sealed, Math.floor(atob(job.delivered.sealed).length / 2));
  return job;
}

/** retold is a JSON document of the host, by the path that was asked, with the lie in it. */
export function retold(lie: Lie, path: string, body: string): string {
  if (lie === "quote" && /^\/v1\/workers\/[^/]+\/evidence$/.test(path)) {
    const evidence = JSON.parse(body) as { quote: string };
    return JSON.stringify({ ...evidence, quote: flip(evidence.quote, quoteByte) });
  }
  if ((lie === "receipt" || lie === "answer") && path.startsWith("/v1/jobs/")) {
    const told = JSON.parse(body) as JobView & { job?: JobView }; // the job, or an event with it
    return JSON.stringify(told.job ? { ...told, job: jobAfter(lie, told.job) } : jobAfter(lie, told));
  }
  return body;
}

let told: Lie | null = null;
let installed = false;

/** tell changes answers from now on; null lets them pass. */
export function tell(lie: Lie | null) {
  told = lie;
  if (installed || !lie) return;
  installed = true;
  const honest = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await honest(input, init);
    const path = new URL(input instanceof Request ? input.url : String(input), location.href).pathname;
    return told && answer.ok ? changed(told, path, answer) : answer;
  };
  globalThis.WebSocket = class extends WebSocket {
    override addEventListener(type: string, hear: EventListenerOrEventListenerObject) {
      const path = new URL(this.url).pathname;
      super.addEventListener(type, (e) => {
        const event = told && e instanceof MessageEvent ? new MessageEvent("message", { data: retold(told, path, String(e.data)) }) : e;
        if (typeof hear === "function") hear.call(this, event);
        else hear.handleEvent(event);
      });
    }
  };
}

async function changed(lie: Lie, path: string, answer: Response): Promise<Response> {
  const { status, statusText, headers } = answer;
  if (lie === "output" && path.startsWith("/v1/blobs/")) {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const at = bytes.length >> 1;
    if (bytes.length > 0) bytes[at] = bytes[at]! ^ 1;
    return new Response(bytes, { status, statusText, headers });
  }
  const json = headers.get("Content-Type")?.includes("json");
  return json ? new Response(retold(lie, path, await answer.text()), { status, statusText, headers }) : answer;
}
