/** A thread that kills its process when the parent has exited, even if the main thread is busy. */
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 500);
