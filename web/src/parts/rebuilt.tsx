import { useEffect, useRef } from "react";
import { text } from "../text.ts";
import type { Pictures } from "../types.ts";

/** pixels are what a canvas takes, of a picture in base64: a byte a color, row by row. */
export function pixels(p: Pictures, base64: string): Uint8ClampedArray<ArrayBuffer> {
  const from = atob(base64);
  const out = new Uint8ClampedArray(p.width * p.height * 4).fill(255);
  for (let i = 0; i < p.width * p.height; i++) {
    for (let c = 0; c < 3; c++) out[4 * i + c] = from.charCodeAt(i * p.colors + (p.colors === 3 ? c : 0));
  }
  return out;
}

function Picture({ of: p, base64, label }: { of: Pictures; base64: string; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const drawing = canvas.current?.getContext("2d");
    drawing?.putImageData(new ImageData(pixels(p, base64), p.width, p.height), 0, 0);
  }, [p, base64]);
  return <canvas ref={canvas} width={p.width} height={p.height} role="img" aria-label={label} />;
}

/** Rebuilt shows pictures beside what the strongest attack made of their releases. */
export function Rebuilt({ pictures: p }: { pictures: Pictures }) {
  const t = text.leakage;
  return (
    <figure className="rebuilt">
      <figcaption>{t.rebuilt}</figcaption>
      <div className="pairs" role="group" aria-label={t.rebuilt}>
        <div className="names" aria-hidden="true"><span>{t.record}</span><span>{t.reconstruction}</span></div>
        {p.pairs.map((pair, i) => (
          <div key={i} className="pair">
            <Picture of={p} base64={pair.record} label={`${t.record} ${i + 1}`} />
            <Picture of={p} base64={pair.rebuilt} label={`${t.reconstruction} ${i + 1}`} />
          </div>
        ))}
      </div>
      <p className="why">{t.rebuiltWhy}</p>
    </figure>
  );
}
