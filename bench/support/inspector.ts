/** Measures a process with `--inspect` from outside, without changing its code. */

export interface Inspector {
  /** The CPU time used so far, ms. */
  cpu(): Promise<number>;
  /** Resident memory after garbage collection, bytes. */
  settledMemory(): Promise<number>;
  close(): void;
}

export async function inspect(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (result: unknown) => void>();
  let calls = 0;
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(String(data));
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`The inspector does not answer at ${url}`));
  });

  function call<T>(method: string, params: object = {}): Promise<T> {
    socket.send(JSON.stringify({ id: ++calls, method, params }));
    return new Promise((resolve) => waiting.set(calls, resolve as (result: unknown) => void));
  }

  async function evaluate(expression: string): Promise<number> {
    const { result } = await call<{ result: { value: number } }>("Runtime.evaluate", {
      expression,
      returnByValue: true,
    });
    return result.value;
  }

  return {
    cpu: () => evaluate("(({ user, system }) => (user + system) / 1000)(process.cpuUsage())"),
    async settledMemory() {
      // The second round collects what finalizers released in the first.
      for (let round = 0; round < 2; round++) await call("HeapProfiler.collectGarbage");
      return evaluate("process.memoryUsage.rss()");
    },
    close: () => socket.close(),
  };
}
