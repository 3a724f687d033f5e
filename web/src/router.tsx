// Which page is shown: the address of the tab, and links that change it without loading anything.
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react";

const moved = "encompute:moved";

function subscribe(f: () => void): () => void {
  window.addEventListener("popstate", f);
  window.addEventListener(moved, f);
  return () => {
    window.removeEventListener("popstate", f);
    window.removeEventListener(moved, f);
  };
}

/** go shows another page. */
export function go(path: string) {
  history.pushState(null, "", path);
  window.dispatchEvent(new Event(moved));
  window.scrollTo(0, 0);
}

/** usePath returns the parts of the address, decoded. */
export function usePath(): string[] {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  return path.split("/").filter(Boolean).map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** Link goes to another page. */
export function Link({ to, ...rest }: Props) {
  const click = (e: MouseEvent) => {
    if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    go(to);
  };
  return <a href={to} onClick={click} {...rest} />;
}
