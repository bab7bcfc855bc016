/** Callbacks for the end of one connection. */
export class CloseListeners {
  private readonly callbacks = new Set<() => void>();
  private closed = false;

  add(callback: () => void): () => void {
    if (this.closed) {
      queueMicrotask(callback);
      return () => undefined;
    }
    this.callbacks.add(callback);
    return () => {
      this.callbacks.delete(callback);
    };
  }

  notify(): void {
    if (this.closed) return;
    this.closed = true;
    for (const callback of this.callbacks) callback();
    this.callbacks.clear();
  }
}
