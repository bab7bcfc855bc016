/** Runs asynchronous tasks one after the other; a failed task is its caller's and does not stop the next. */
export class SerialTasks {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task);
    this.tail = result.catch(() => undefined);
    return result;
  }
}
