import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Client, Fault, startWorker } from "./client.ts";
import { SharedContext, simulatedNetwork, toFault } from "./context.tsx";
import { Explore } from "./pages/explore.tsx";
import { Catalogue } from "./pages/catalogue.tsx";
import { Home } from "./pages/home.tsx";
import { JobPage, Jobs } from "./pages/jobs.tsx";
import { ModelPage } from "./pages/model.tsx";
import { RunPage } from "./pages/run.tsx";
import { Verify } from "./pages/verify.tsx";
import { Workers } from "./pages/workers.tsx";
import { Failure, Loading, Page, Simulated } from "./parts/basics.tsx";
import { Link, usePath } from "./router.tsx";
import { text } from "./text.ts";
import type { Balance, Network, NetworkFile } from "./types.ts";

function Missing() {
  return <Page title={text.notFound.title}><p>{text.notFound.body}</p><p><Link to="/">{text.notFound.home}</Link></p></Page>;
}

function route(path: string[]): ReactNode {
  const [first, second, third, more] = path;
  if (more !== undefined) return <Missing />;
  if (first === "models" && second && !third) return <ModelPage id={second} />;
  if (first === "run" && second && third) return <RunPage key={`${second}/${third}`} id={second} cut={Number(third)} />;
  if (first === "jobs" && second && !third) return <JobPage key={second} id={second} />;
  if (first === "explore" && !third) return <Explore key={second ?? ""} id={second} />;
  if (second !== undefined) return <Missing />;
  switch (first) {
    case "models": return <Catalogue />;
    case "workers": return <Workers />;
    case "verify": return <Verify />;
    case "jobs": return <Jobs />;
    default: return <Missing />;
  }
}

const pages = [["models", text.nav.models], ["jobs", text.nav.jobs], ["workers", text.nav.workers], ["verify", text.nav.verify], ["explore", text.nav.explore]] as const;

function Header({ at }: { at: string | undefined }) {
  return (
    <header>
      <a className="skip" href="#main">{text.skip}</a>
      <Link to="/" className="brand">{text.brand}</Link>
      <nav aria-label={text.nav.label}>
        {pages.map(([path, name]) => (
          <Link key={path} to={`/${path}`} aria-current={at === path ? "page" : undefined}>{name}</Link>
        ))}
      </nav>
    </header>
  );
}

interface Opened { client: Client; file: NetworkFile; network?: Network; fault?: Fault }

async function networkFile(): Promise<NetworkFile> {
  const r = await fetch("/network.json");
  if (!r.ok) throw new Fault(`the host does not say which network it is on: ${r.status}`);
  return (await r.json()) as NetworkFile;
}

/** useOpened reads the network file and opens the client on it. */
function useOpened(client: Client): { opened: Opened | undefined; fault: Fault | undefined } {
  const [opened, set] = useState<Opened>();
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    void (async () => {
      try {
        const file = await networkFile();
        set({ client, file });
        const network = await client.call("open", { host: location.origin, network: file });
        set({ client, file, network });
      } catch (e) {
        setFault(toFault(e));
      }
    })();
  }, [client]);
  return { opened, fault };
}

/** App is the frame of all pages. */
export function App() {
  const client = useMemo(() => new Client(startWorker()), []);
  const { opened, fault } = useOpened(client);
  const [balance, setBalance] = useState<Balance | null>(null);
  const path = usePath();
  const network = opened?.network;
  return (
    <>
      {opened && simulatedNetwork(opened.file) && <aside className="banner" aria-label={text.simulated.label}><Simulated>{text.simulated.banner}</Simulated></aside>}
      <Header at={path[0]} />
      <main id="main" tabIndex={-1}>
        {path.length === 0 && <Home />}
        {fault && <Failure fault={fault} again={() => location.reload()} />}
        {path.length > 0 && !fault && !network && <Loading what={text.starting} />}
        {path.length > 0 && opened && network && (
          <SharedContext.Provider value={{ client, file: opened.file, network, balance, setBalance }}>{route(path)}</SharedContext.Provider>
        )}
      </main>
    </>
  );
}
