import { useEffect, useState } from "react";
import { simulatedNetwork, useShared } from "../context.tsx";
import { text } from "../text.ts";
import type { Lie } from "../worker/lies.ts";

const lies: Lie[] = ["quote", "receipt", "output", "answer"];

/** Tamper offers lies on networks where nothing is at stake. They end with the page. */
export function Tamper() {
  const { client, file } = useShared();
  const [lie, setLie] = useState<Lie | null>(null);
  const t = text.run.tamper;
  useEffect(() => {
    client.tamper(lie);
    return () => client.tamper(null);
  }, [client, lie]);
  if (!simulatedNetwork(file)) return null;
  return (
    <details className="tamper">
      <summary>{t.title}</summary>
      <p>{t.body}</p>
      <fieldset>
        <legend>{t.what}</legend>
        {[null, ...lies].map((l) => (
          <label key={l ?? "none"}><input type="radio" name="lie" checked={lie === l} onChange={() => setLie(l)} /> {t.lies[l ?? "none"]}</label>
        ))}
      </fieldset>
      {lie && <p className="note bad" role="status">{t.on}</p>}
    </details>
  );
}
