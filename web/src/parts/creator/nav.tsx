import { Link } from "../../router.tsx";
import { creator } from "../../text/creator.ts";

/** CreatorNav leads from one of the creators' pages to the other. */
export function CreatorNav({ at }: { at: "publish" | "board" }) {
  const t = creator.sections;
  return (
    <nav aria-label={t.label} className="sections">
      <Link to="/creator" aria-current={at === "publish" ? "page" : undefined}>{t.publish}</Link>
      <Link to="/creator/board" aria-current={at === "board" ? "page" : undefined}>{t.board}</Link>
    </nav>
  );
}
