/** A thread that ends its process when the parent is gone, also out of a busy loop. */
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 500);
