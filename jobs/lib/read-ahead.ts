/**
 * Yields the same values, and asks for the next one while the consumer works on the last: reading and
 * writing then wait for their disks or servers at the same time.
 */
export async function* readAhead<Value>(
  source: AsyncIterable<Value>,
): AsyncGenerator<Value, void, undefined> {
  const values = source[Symbol.asyncIterator]();
  let next = values.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = values.next();
      // The error is thrown when the consumer comes back for the value.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await values.return?.();
  }
}
