// Small parts that every page uses.
import { type ReactNode, useEffect, useRef } from "react";
import type { Fault } from "../client.ts";
import { text } from "../text.ts";

/** Page is a page's title and content; it moves the focus to the title, so that a screen reader starts there. */
export function Page({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${text.brand}`;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </>
  );
}

/** Failure tells what went wrong and what to do about it. */
export function Failure({ fault, again }: { fault: Fault; again?: (() => void) | undefined }) {
  return (
    <div className="note bad" role="alert">
      <p><strong>{text.failed}.</strong> {fault.message}</p>
      {fault.check && <p>{text.check} <code>{fault.check}</code>.</p>}
      {fault.remedy && !fault.message.includes(fault.remedy) && <p>{text.remedy} {fault.remedy}</p>}
      {again && <button type="button" onClick={again}>{text.retry}</button>}
    </div>
  );
}

export function Loading({ what = text.loading }: { what?: string }) {
  return <p className="loading" role="status">{what} …</p>;
}

/** Simulated is the one way in which anything simulated is marked. */
export function Simulated({ children }: { children?: ReactNode }) {
  return (
    <strong className="simulated">
      <span className="stripes" aria-hidden="true" />
      {children ?? text.simulated.label}
    </strong>
  );
}

export function Facts({ list }: { list: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {list.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

export function Id({ value }: { value: string }) {
  return <code className="id">{value}</code>;
}
