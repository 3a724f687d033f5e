import { Page } from "../parts/basics.tsx";
import { Picture } from "../parts/picture.tsx";
import { Link } from "../router.tsx";
import { text } from "../text.ts";

export function Home() {
  const t = text.home;
  return (
    <Page title={t.title} lead={t.lead}>
      <p className="actions"><Link className="button primary" to="/models">{t.action}</Link> <Link className="button" to="/workers">{t.how}</Link></p>
      <h2>{t.pictureTitle}</h2>
      <Picture />
      <div className="claims">
        {t.claims.map((c) => <section key={c.title}><h2>{c.title}</h2><p>{c.body}</p></section>)}
      </div>
    </Page>
  );
}
