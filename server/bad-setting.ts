/** A setting that cannot be used; the message is one line for the person who set it. */
export class BadSetting extends Error {
  override name = "BadSetting";
}
