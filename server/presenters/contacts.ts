import type { TimeView } from "../text/dates.ts";
import type { Page } from "./layout.ts";

/** GET /contacts */
export interface ContactsPage extends Page {
  q: string;
  /** "100,000 contacts", or "12 contacts match" */
  countText: string;
  /** True where the account has no contact at all. */
  none: boolean;
  contacts: ContactView[];
  /** Only those that one job brought. */
  job: { title: string; href: string; clearHref: string; id: string } | null;
  nextHref: string | null;
  firstHref: string | null;
  importHref: string;
}

export interface ContactView {
  name: string;
  email: string;
  company: string;
  phone: string;
  job: { href: string; title: string } | null;
  updated: TimeView;
}
