import { withoutSecrets } from "../../forms/input-values.ts";
import { formAddress } from "./form-address.ts";
import { formErrors } from "./form-errors.ts";
import type { Draft, JobFormServices } from "./job-form-pages.ts";
import type { RouteContext } from "./layout.ts";
import { nextFormPage } from "./next-form-page.ts";

/**
 * Redirects to the address of the form, which shows the same errors. A form that is too long for an
 * address, or has an error that its address cannot tell, is the answer itself.
 */
export async function showRefusedForm(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft & { errors: Readonly<Record<string, string>> },
): Promise<Response> {
  const { kind, errors, schedule, shownTable = "" } = draft;
  const values = withoutSecrets(kind, draft.values);
  const { timeZone } = c.var.person.preferences;
  const told = formErrors({ kind, values, schedule, shownTable }, timeZone, services.backend.now());
  const address = formAddress(draft, "refused");
  if (address && Object.keys(errors).every((name) => Object.hasOwn(told, name))) {
    return c.redirect(address, 303);
  }
  c.status(422);
  return nextFormPage(c, services, draft);
}
