import { lazy, type ReactNode, Suspense } from "react";
import { SharedContext, simulatedNetwork } from "./context.tsx";
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
import { useSession } from "./session.tsx";
import { text } from "./text.ts";

// Users do not wait for what only creators see.
const Publish = lazy(async () => ({ default: (await import("./pages/publish.tsx")).Publish }));
const BoardPage = lazy(async () => ({ default: (await import("./pages/board.tsx")).BoardPage }));

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
  if (first === "creator" && second === undefined) return <Publish />;
  if (first === "creator" && second === "board" && !third) return <BoardPage />;
  if (second !== undefined) return <Missing />;
  switch (first) {
    case "models": return <Catalogue />;
    case "workers": return <Workers />;
    case "verify": return <Verify />;
    case "jobs": return <Jobs />;
    default: return <Missing />;
  }
}

const pages = [["models", text.nav.models], ["jobs", text.nav.jobs], ["workers", text.nav.workers], ["verify", text.nav.verify], ["explore", text.nav.explore], ["creator", text.nav.creator]] as const;

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

/** App is the frame of all pages. */
export function App() {
  const path = usePath();
  const creators = path[0] === "creator";
  const { session, setBalance } = useSession(creators ? "creator" : "client");
  const { client, file, network, balance, fault } = session ?? {};
  return (
    <>
      {file && simulatedNetwork(file) && <aside className="banner" aria-label={text.simulated.label}><Simulated>{text.simulated.banner}</Simulated></aside>}
      <Header at={path[0]} />
      <main id="main" tabIndex={-1}>
        {path.length === 0 && <Home />}
        {fault && <Failure fault={fault} again={() => location.reload()} />}
        {path.length > 0 && !fault && !network && <Loading what={creators ? text.startingCreator : text.starting} />}
        {path.length > 0 && client && file && network && (
          <SharedContext.Provider value={{ client, file, network, balance: balance ?? null, setBalance }}>
            <Suspense fallback={<Loading />}>{route(path)}</Suspense>
          </SharedContext.Provider>
        )}
      </main>
    </>
  );
}
