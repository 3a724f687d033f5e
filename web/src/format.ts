// Numbers as people read them.

/** bytesOf are those that base64 stands for. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** bytes writes a size in binary units. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1 << 20) return `${(n / 1024).toFixed(0)} KiB`;
  return `${(n / (1 << 20)).toFixed(n < 10 << 20 ? 1 : 0)} MiB`;
}

/** seconds writes a duration. */
export function seconds(s: number): string {
  if (s < 1) return `${Math.max(1, Math.round(s * 1000))} ms`;
  if (s < 90) return `${s.toFixed(s < 10 ? 1 : 0)} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  return `${Math.round(s / 3600)} h`;
}

/** units writes an amount of a smallest unit as a decimal number, exactly. */
export function units(amount: string, decimals: number, shown = decimals): string {
  const digits = amount.padStart(decimals + 1, "0");
  const whole = digits.slice(0, -decimals);
  const rest = digits.slice(-decimals).slice(0, shown).replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : whole;
}

/** tokens writes an amount of the market's token, which has six decimals. */
export function tokens(amount: string): string {
  const s = units(amount, 6);
  const [whole = "0", rest = ""] = s.split(".");
  return `${whole}.${rest.padEnd(2, "0")}`;
}

/** sum adds amounts. */
export function sum(amounts: string[]): string {
  return amounts.reduce((a, b) => a + BigInt(b), 0n).toString();
}

/** percent writes a share. */
export function percent(x: number): string {
  const p = 100 * x;
  return `${p < 10 && p > 0 ? p.toFixed(1) : p.toFixed(0)} %`;
}

/** short writes the beginning and end of an id. */
export function short(id: string): string {
  return id.length > 18 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id;
}

/** date writes a time of Go's JSON or in Unix seconds. */
export function date(t: string | number): string {
  const d = typeof t === "number" ? new Date(t * 1000) : new Date(t);
  return Number.isNaN(d.getTime()) ? String(t) : d.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
