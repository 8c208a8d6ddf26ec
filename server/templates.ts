/** The templates by name, each with the data it gets; a test holds the files of `views/` against it. */

import type { Status } from "./engine/status.ts";
import type { ContactsPage, ContactView } from "./presenters/contacts.ts";
import type { FieldView, HiddenField, WhenView } from "./presenters/form.ts";
import type {
  AlreadyPage,
  ColumnView,
  EarlierView,
  JobFormPage,
  MappingPage,
  NewJobPage,
} from "./presenters/job-forms.ts";
import type {
  AboutView,
  BulkPage,
  BulkView,
  HistoryView,
  JobFilterView,
  JobLog,
  JobPage,
  JobResult,
  JobsPage,
  Live,
  LogLinesView,
} from "./presenters/jobs.ts";
import type {
  ErrorPage,
  LayoutData,
  PagerView,
  RefreshView,
  TrayView,
} from "./presenters/layout.ts";
import type { RevokeView, SettingsPage, SignInPage, SignUpPage } from "./presenters/people.ts";
import type {
  ActionsView,
  CountsView,
  FileView,
  JobView,
  SoundSwitch,
  StepView,
} from "./presenters/view-types.ts";

export interface Pages {
  "jobs/index": JobsPage;
  "jobs/bulk": BulkPage;
  "jobs/new": NewJobPage;
  "jobs/form": JobFormPage;
  "jobs/mapping": MappingPage;
  "jobs/already": AlreadyPage;
  "jobs/show": JobPage;
  "contacts/index": ContactsPage;
  "sessions/sign-in": SignInPage;
  "sessions/sign-up": SignUpPage;
  "settings/index": SettingsPage;
  "errors/error": ErrorPage;
}

export type Partials = {
  layout: LayoutData & { body: string };
  "jobs/_row": Live<JobView>;
  "jobs/_panel": Live<JobView>;
  "jobs/_tick": Live<JobView>;
  "jobs/_result": Live<JobResult>;
  "jobs/_log": JobLog;
  "jobs/_lines": Live<LogLinesView>;
  "jobs/_actions": Live<ActionsView>;
  "jobs/_about": Live<AboutView>;
  "jobs/_history": Live<HistoryView>;
  "jobs/_sound": SoundSwitch;
  "jobs/_more": JobView;
  "jobs/_steps": StepView[];
  "jobs/progress": JobView;
  "jobs/result": JobResult;
  "jobs/_file": FileView;
  "jobs/_look": FileView;
  "jobs/_counts": Live<CountsView>;
  "jobs/_filter": JobFilterView;
  "jobs/_bulk": BulkView;
  "jobs/_shortcuts": Record<never, never>;
  "jobs/_when": WhenView;
  "jobs/_from": EarlierView;
  "jobs/_columns": ColumnView[];
  "jobs/_preview": Pick<MappingPage, "columns" | "preview">;
  "contacts/_table": ContactView[];
  "settings/_revoke": RevokeView;
  "shared/icons": Record<never, never>;
  "shared/_header": LayoutData;
  "shared/_tray": TrayView & { token: string };
  "shared/_refresh": RefreshView;
  "shared/_pager": PagerView;
  "shared/_icon": string;
  "shared/_kind": string;
  "shared/_mark": Pick<JobView, "shown" | "label">;
  "shared/_field": FieldView;
  "shared/_hidden": HiddenField[];
} & Record<`jobs/status/${Status}`, JobView>;

/** What a kind may bring a template of its own for: `views/jobs/<kind>/<part>.eta`. */
export interface OwnParts {
  form: JobFormPage;
  progress: JobView;
  result: JobResult;
}

export type OwnPart = keyof OwnParts;
type OwnPage = `jobs/${string}/form`;
export type PageName = keyof Pages | OwnPage;
export type TemplateName = PageName | keyof Partials | `jobs/${string}/${OwnPart}`;

/** The data of a template, by its name. */
export type DataOf<N extends string> = N extends keyof Pages
  ? Pages[N]
  : N extends keyof Partials
    ? Partials[N]
    : N extends `jobs/${string}/${infer P extends OwnPart}`
      ? OwnParts[P]
      : never;
