/**
 * The database is gone for this process: its file was deleted or replaced while it was open, and what
 * is written now is lost. The message is one line for the operator.
 */
export class DatabaseLost extends Error {
  override name = "DatabaseLost";
}
