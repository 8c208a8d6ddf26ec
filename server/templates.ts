/** Every template by name with the type of its data. A test checks the files of `views/` against it. */
import type { Status } from "./engine/status.ts";
import type { IconName } from "./job.ts";
import type { BulkPage } from "./presenters/bulk.ts";
import type { ColumnMappingView, ColumnView } from "./presenters/column-mapping.ts";
import type { ContactPage, DeleteContactPage } from "./presenters/contact.ts";
import type { ContactFormPage } from "./presenters/contact-form.ts";
import type { ContactsPage, ContactView } from "./presenters/contacts.ts";
import type { BulkView, CountsView, JobFilterView, JobsPage } from "./presenters/dashboard.ts";
import type { ErrorDetailsPage } from "./presenters/error-details.ts";
import type { ErrorPage } from "./presenters/error-page.ts";
import type { FollowUpPage } from "./presenters/follow-up.ts";
import type { FieldView, HiddenField, Option } from "./presenters/form.ts";
import type { JobView } from "./presenters/job.ts";
import type { ActionsView, SoundSwitch } from "./presenters/job-actions.ts";
import type {
  DuplicatePage,
  EarlierView,
  JobFormPage,
  MoreFilesView,
  NewJobPage,
  SubmitButtonsView,
  UploadView,
} from "./presenters/job-form.ts";
import type { HistoryView } from "./presenters/job-history.ts";
import type { AboutView, JobPage } from "./presenters/job-page.ts";
import type { StepView } from "./presenters/job-steps.ts";
import type { LayoutData, PagerView, RefreshView, TrayView } from "./presenters/layout.ts";
import type { JobLog, LogLinesView } from "./presenters/log.ts";
import type { MappingPage, TrialView } from "./presenters/mapping-page.ts";
import type { OutputTextView, OutputView } from "./presenters/output.ts";
import type { NewPasskeyPage } from "./presenters/passkeys.ts";
import type { RejectedRowsPage } from "./presenters/rejected-rows.ts";
import type { FileView, ResultView } from "./presenters/result.ts";
import type { ReschedulePage, ScheduleView } from "./presenters/schedule.ts";
import type {
  ScheduleActionsView,
  ScheduleFormPage,
  ScheduleItem,
  SchedulePage,
  SchedulesPage,
  TimesView,
} from "./presenters/schedules.ts";
import type { ActivityPage } from "./presenters/security-events.ts";
import type { SecurityPage } from "./presenters/security-settings.ts";
import type { SignInCodePage, SignInPage, SignUpPage } from "./presenters/sessions.ts";
import type {
  CredentialField,
  RevokeView,
  SettingsPage,
  SettingsSection,
} from "./presenters/settings.ts";
import type { TokensPage } from "./presenters/token-settings.ts";
import type { ConfirmPasswordPage, TwoFactorSetupPage } from "./presenters/two-factor.ts";

/** A live partial. With `oob` htmx swaps it for the element with the same id in an open page. */
export type Live<T> = T & { oob: boolean };

/** The first rows of a file. */
export interface PreviewTable {
  /** Names the region for screen readers. */
  label: string;
  header: string[];
  rows: string[][];
}

export interface Pages {
  "jobs/index": JobsPage;
  "jobs/bulk_confirmation": BulkPage;
  "jobs/new": NewJobPage;
  "jobs/follow_up": FollowUpPage;
  "jobs/rejected_rows": RejectedRowsPage;
  "jobs/form": JobFormPage;
  "jobs/mapping": MappingPage;
  "jobs/duplicate": DuplicatePage;
  "jobs/reschedule": ReschedulePage;
  "jobs/show": JobPage;
  "schedules/index": SchedulesPage;
  "schedules/show": SchedulePage;
  "schedules/form": ScheduleFormPage;
  "contacts/index": ContactsPage;
  "contacts/show": ContactPage;
  "contacts/edit": ContactFormPage;
  "contacts/delete": DeleteContactPage;
  "sessions/sign_in": SignInPage;
  "sessions/code": SignInCodePage;
  "sessions/sign_up": SignUpPage;
  "settings/index": SettingsPage;
  "settings/security": SecurityPage;
  "settings/tokens": TokensPage;
  "settings/activity": ActivityPage;
  "settings/confirm_password": ConfirmPasswordPage;
  "settings/two_factor_setup": TwoFactorSetupPage;
  "settings/new_passkey": NewPasskeyPage;
  "errors/error": ErrorPage;
  "errors/details": ErrorDetailsPage;
}

export type Partials = {
  layout: LayoutData & { body: string };
  "jobs/_row": Live<JobView>;
  "jobs/_panel": Live<JobView>;
  "jobs/_progress": Live<JobView>;
  "jobs/_output": Live<OutputView>;
  "jobs/_output_text": Live<OutputTextView>;
  "jobs/_result": Live<ResultView>;
  "jobs/_log": JobLog;
  "jobs/_log_lines": Live<LogLinesView>;
  "jobs/_actions": Live<ActionsView>;
  "jobs/_about": Live<AboutView>;
  "jobs/_history": Live<HistoryView>;
  "jobs/_sound_toggle": SoundSwitch;
  "jobs/_timestamps": JobView;
  "jobs/_steps": StepView[];
  "jobs/details": JobView;
  "jobs/result": ResultView;
  "jobs/_result_file": FileView;
  "jobs/_file_preview": FileView;
  "jobs/_status_counts": Live<CountsView>;
  "jobs/_filters": JobFilterView;
  "jobs/_bulk_actions": BulkView;
  "jobs/_shortcuts": Record<never, never>;
  "jobs/_schedule_fields": ScheduleView;
  "jobs/_start_time": ScheduleView;
  "jobs/_submit_buttons": SubmitButtonsView;
  "jobs/_prefilled_from": EarlierView;
  "jobs/_more_files": MoreFilesView;
  "jobs/_uploads": UploadView;
  "jobs/_column_mapping": ColumnMappingView;
  "jobs/_column_rows": ColumnView[];
  "jobs/_mapping_trial": TrialView;
  "schedules/_actions": ScheduleActionsView;
  "schedules/_state": ScheduleItem;
  "schedules/_times": TimesView;
  "schedules/_repeat_examples": Record<never, never>;
  "contacts/_table": ContactView[];
  "settings/_nav": SettingsSection;
  "settings/_revoke_button": RevokeView;
  "shared/icons": Record<never, never>;
  "shared/_header": LayoutData;
  "shared/_tray": TrayView & { token: string };
  "shared/_refresh": RefreshView;
  "shared/_pager": PagerView;
  "shared/_icon": IconName;
  "shared/_kind_icon": IconName;
  "shared/_status_badge": Pick<JobView, "displayStatus" | "label">;
  "shared/_field": FieldView;
  "shared/_field_group": FieldView;
  "shared/_checkboxes": FieldView;
  "shared/_datetime": FieldView;
  "shared/_field_attributes": FieldView;
  "shared/_credential_field": CredentialField;
  "shared/_field_error": { id: string; text: string };
  "shared/_hidden_fields": HiddenField[];
  "shared/_options": Option[];
  "shared/_ordered_list": FieldView;
  "shared/_preview_table": PreviewTable;
} & Record<`jobs/status/${Status}`, JobView>;

/** The parts of a page that a kind may override with `views/jobs/<kind>/<part>.eta`. */
export interface KindParts {
  form: JobFormPage;
  /** Counts and steps, beneath the progress bar. */
  details: JobView;
  // biome-ignore lint/suspicious/noExplicitAny: the template of a kind names the types of its own.
  result: ResultView<any, any>;
}

export type KindPart = keyof KindParts;
type KindPage = `jobs/${string}/form`;
export type PageName = keyof Pages | KindPage;
export type TemplateName = PageName | keyof Partials | `jobs/${string}/${KindPart}`;

/** The type of the data that a template gets. */
export type DataOf<N extends string> = N extends keyof Pages
  ? Pages[N]
  : N extends keyof Partials
    ? Partials[N]
    : N extends `jobs/${string}/${infer P extends KindPart}`
      ? KindParts[P]
      : never;
