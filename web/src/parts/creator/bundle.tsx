import { type FormEvent, useEffect, useId, useState } from "react";
import type { Fault } from "../../client.ts";
import { toFault, useShared } from "../../context.tsx";
import { creator } from "../../text/creator.ts";
import { Failure } from "../basics.tsx";

const t = creator.bundle;
const leastPassphrase = 8;

/** fileName is a name for the file of a model, whatever its creator called it. */
export function fileName(model: string): string {
  const safe = model.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60);
  return `${safe || "model"}.encompute`;
}

/** command starts the agent in one line. */
export function command(file: string, ownKey: boolean): string {
  return `encompute creator serve --network network.json --publication ${file}${ownKey ? "" : " --key-file creator.key"}`;
}

function Command({ line }: { line: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(line).then(() => setCopied(true), () => {});
  return (
    <p className="command">
      <code>{line}</code> <button type="button" onClick={() => void copy()}>{copied ? t.copied : t.copy}</button>
    </p>
  );
}

/** useURL makes a link to a file for as long as it is shown. */
function useURL(make: () => Blob | undefined, deps: unknown[]): string | undefined {
  const [url, setURL] = useState<string>();
  useEffect(() => {
    const blob = make();
    if (!blob) return undefined;
    const made = URL.createObjectURL(blob);
    setURL(made);
    return () => URL.revokeObjectURL(made);
  }, deps);
  return url;
}

/** networkFor is the network file for an agent: that of the pages, with the host that they come from. */
export function networkFor(file: object, host: string): string {
  return JSON.stringify({ ...file, host }, null, 2);
}

/** Bundle hands over the file with which the agent serves a model, and says how to start it. */
export function Bundle({ title, id, name, account }: { title: string; id: string; name: string; account: boolean }) {
  const heading = useId();
  const { client, file: network } = useShared();
  const [file, setFile] = useState<string>();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const url = useURL(() => (file ? new Blob([Uint8Array.from(atob(file), (c) => c.charCodeAt(0))], { type: "application/octet-stream" }) : undefined), [file]);
  const networkURL = useURL(() => new Blob([networkFor(network, location.origin)], { type: "application/json" }), [network]);
  const make = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget);
    const passphrase = String(form.get("passphrase"));
    setFault(undefined);
    setBusy(true);
    try {
      if (passphrase.length < leastPassphrase) throw new Error(t.short);
      if (passphrase !== form.get("again")) throw new Error(t.differ);
      setFile((await client.call("bundle", { model: id, passphrase })).file);
    } catch (x) {
      setFault(toFault(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby={heading} className="bundle">
      <h2 id={heading}>{title}</h2>
      <p>{t.lead}</p>
      <form className="fields" onSubmit={(e) => void make(e)}>
        <label>{t.passphrase} <input type="password" name="passphrase" autoComplete="new-password" required minLength={leastPassphrase} /></label>
        <label>{t.again} <input type="password" name="again" autoComplete="new-password" required /></label>
        <button type="submit" className="primary" disabled={busy}>{t.make}</button>
      </form>
      {fault && <Failure fault={fault} />}
      {url && (
        <div aria-live="polite">
          <p className="actions">
            <a className="button primary" href={url} download={fileName(name)}>{t.download(fileName(name))}</a>
            <a className="button" href={networkURL} download="network.json">{t.network}</a>
          </p>
          <p>{t.start}</p>
          <Command line={command(fileName(name), account)} />
          <p className="why">{t.passphraseNote} {account ? t.own : t.wallet}</p>
        </div>
      )}
    </section>
  );
}
