/** The words or the cron expression of a schedule are not understood. The message is for people. */
export class InvalidRepetition extends Error {
  override name = "InvalidRepetition";
}
