/**
 * Runs a command of an operator. An error ends it with its message alone, because it names what the
 * operator can do, and with the exit code 1.
 */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
