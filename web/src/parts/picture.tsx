import { text } from "../text.ts";

/** Picture shows in one drawing who sees what. */
export function Picture() {
  const p = text.home.picture;
  const boxes = [
    { x: 10, y: 120, name: p.you, data: p.yourData, sub: "", tone: "you" },
    { x: 280, y: 20, name: p.host, data: p.hostData, sub: p.hostSub, tone: "blind" },
    { x: 550, y: 120, name: p.worker, data: p.workerData, sub: p.workerSub, tone: "blind" },
    { x: 280, y: 240, name: p.creator, data: p.creatorData, sub: p.creatorSub, tone: "part" },
  ];
  return (
    <figure className="picture">
      <svg viewBox="0 0 780 340" role="img" aria-labelledby="picture-title picture-text">
        <title id="picture-title">{text.home.pictureTitle}</title>
        <desc id="picture-text">{text.home.pictureText}</desc>
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0L8 4L0 8z" className="tip" />
          </marker>
        </defs>
        <path className="flow" d="M120 118 C150 70 210 55 276 55" markerEnd="url(#tip)" />
        <path className="flow" d="M504 55 C580 55 630 75 655 116" markerEnd="url(#tip)" markerStart="url(#tip)" />
        <path className="flow" d="M95 212 C110 255 190 285 276 285" markerEnd="url(#tip)" />
        <path className="flow sealed" d="M276 262 C220 262 160 240 150 214" markerEnd="url(#tip)" />
        <text className="on" x="150" y="58" textAnchor="middle">{p.up}</text>
        <text className="on" x="128" y="300" textAnchor="middle">{p.over}</text>
        <text className="on" x="232" y="244" textAnchor="middle">{p.back}</text>
        {boxes.map((b) => (
          <g key={b.name} className={`box ${b.tone}`} transform={`translate(${b.x} ${b.y})`}>
            <rect width="220" height="86" rx="10" />
            <text className="who" x="110" y="28" textAnchor="middle">{b.name}</text>
            <text className="what" x="110" y="52" textAnchor="middle">{b.data}</text>
            <text className="sub" x="110" y="72" textAnchor="middle">{b.sub}</text>
          </g>
        ))}
      </svg>
      <figcaption>{text.home.pictureText}</figcaption>
    </figure>
  );
}
