/** Kills the process groups of programs when this process has ended, however it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * A shell that holds no memory to speak of. Its input ends when this process does, even by SIGKILL, and
 * it then kills all groups that it was told to watch. It ignores the signals that a terminal or a
 * service manager sends to all processes of a service.
 */
const script = `trap '' TERM INT HUP
groups=" "
while read -r sign group; do
  case $sign in
    +) groups="$groups$group "; echo "$group" ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done`;

const watched = new Map<number, () => void>();
let watchdog: ChildProcess | undefined;

/** Resolves once the group is killed with this process. */
export function watchGroup(group: number): Promise<void> {
  return new Promise((resolve) => {
    watched.set(group, resolve);
    if (watchdog) send(`+ ${group}`);
    else startWatchdog();
  });
}

export function unwatchGroup(group: number): void {
  if (watched.delete(group)) send(`- ${group}`);
}

function send(line: string): void {
  watchdog?.stdin?.write(`${line}\n`);
}

/** Starts one for all groups of this process. A watchdog that was killed is replaced. */
function startWatchdog(): void {
  const child = spawn("/bin/sh", ["-c", script], {
    // In a session of its own, because a signal to the group of this process must not reach it.
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    env: {},
  });
  watchdog = child;
  const onEnd = () => {
    if (watchdog !== child) return;
    watchdog = undefined;
    if (watched.size > 0) startWatchdog();
  };
  child.on("exit", onEnd);
  // A write to a watchdog that was killed fails; "exit" follows.
  child.stdin.on("error", () => {});
  createInterface(child.stdout).on("line", (group) => watched.get(Number(group))?.());
  for (const each of [child, child.stdin, child.stdout]) {
    (each as { unref?: () => void }).unref?.();
  }
  for (const group of watched.keys()) send(`+ ${group}`);
}
