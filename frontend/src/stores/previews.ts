/** The newest preview of each running generation, outside React, so that a hundred previews a second render nothing. */

type Listener = (url: string | null) => void;

export class Previews {
  #urls = new Map<string, string>();
  #arrived = new Map<string, Blob>();
  #listeners = new Map<string, Set<Listener>>();
  #frame = 0;

  /** Shown with the next animation frame; earlier ones of the same frame are dropped. */
  put(generationId: string, image: Blob): void {
    this.#arrived.set(generationId, image);
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  /** The finished picture replaces the preview. */
  drop(generationId: string): void {
    this.#arrived.delete(generationId);
    const url = this.#urls.get(generationId);
    if (!url) return;
    this.#urls.delete(generationId);
    this.#tell(generationId, null);
    URL.revokeObjectURL(url);
  }

  clear(): void {
    for (const generationId of [...this.#urls.keys()]) this.drop(generationId);
    this.#arrived.clear();
  }

  /** Calls the listener now and with each new preview; answers a function that ends that. */
  subscribe(generationId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(generationId) ?? new Set();
    this.#listeners.set(generationId, listeners.add(listener));
    listener(this.#urls.get(generationId) ?? null);
    return () => {
      listeners.delete(listener);
      if (!listeners.size) this.#listeners.delete(generationId);
    };
  }

  #show(): void {
    this.#frame = 0;
    for (const [generationId, image] of this.#arrived) {
      const before = this.#urls.get(generationId);
      const url = URL.createObjectURL(image);
      this.#urls.set(generationId, url);
      this.#tell(generationId, url);
      if (before) URL.revokeObjectURL(before);
    }
    this.#arrived.clear();
  }

  #tell(generationId: string, url: string | null): void {
    for (const listener of this.#listeners.get(generationId) ?? []) listener(url);
  }
}

export const previews = new Previews();
