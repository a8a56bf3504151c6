import { hrefOf, type Route } from "@/lib/route";
import type { Page } from "@/stores/uiStore";

const PAGES: { page: Page; name: string }[] = [
  { page: "studio", name: "Studio" },
  { page: "workbench", name: "Workbench" },
  { page: "gallery", name: "Gallery" },
  { page: "sessions", name: "Sessions" },
  { page: "fleet", name: "Fleet" },
];

interface Props {
  page: Page;
  sessionId: string | null;
  className: string;
}

/** The pages of the studio; the open session stays open behind the others. */
export function PageLinks({ page, sessionId, className }: Props) {
  return (
    <nav aria-label="Pages" className={className}>
      {PAGES.map((each) => (
        <a
          key={each.page}
          href={hrefOf(each.page === "studio" ? { page: "studio", sessionId } : ({ page: each.page } as Route))}
          aria-current={each.page === page ? "page" : undefined}
          className="grid min-w-0 place-items-center rounded-lg px-2.5 py-1.5 text-sm whitespace-nowrap text-soft hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text max-sm:grow max-sm:px-0 max-sm:text-xs"
        >
          {each.name}
        </a>
      ))}
    </nav>
  );
}
