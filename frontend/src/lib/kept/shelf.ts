/** Large things that this browser keeps over a reload: in IndexedDB or, where the page may not use that, in memory. */

interface Kept<T> {
  key: string;
  value: T;
  bytes: number;
  /** A number that grows with each use, so that what was used least goes first. */
  used: number;
}

export interface Limits {
  /** Most things. */
  most: number;
  /** Most bytes of all together; the newest one is kept whatever its size. */
  bytes: number;
}

/** What has to go, from a list in the order of use, the newest first. */
export function beyond<T>(kept: readonly Kept<T>[], { most, bytes }: Limits): string[] {
  let sum = 0;
  return kept.flatMap(({ key, bytes: size }, place) => {
    sum += size;
    return place && (place >= most || sum > bytes) ? [key] : [];
  });
}

const DATABASE = "vibes-studio";
const STORES = ["masks", "uploads"] as const;
export type ShelfName = (typeof STORES)[number];

export class Shelf<T> {
  readonly #memory = new Map<string, Kept<T>>();

  constructor(
    readonly name: ShelfName,
    readonly limits: Limits,
    readonly bytesOf: (value: T) => number,
  ) {}

  read(key: string): Promise<T | null> {
    return this.update(key, (before) => before);
  }

  /** Reads and writes in one go, so that no other window comes in between; null removes it. Answers what is kept now. */
  async update(key: string, change: (before: T | null) => T | null): Promise<T | null> {
    try {
      const database = await opened();
      if (database) return await this.#inDatabase(database, key, change);
    } catch {
      // full, or taken away by the browser: this page's memory has to do
    }
    return this.#inMemory(key, change);
  }

  #inMemory(key: string, change: (before: T | null) => T | null): T | null {
    const after = change(this.#memory.get(key)?.value ?? null);
    this.#memory.delete(key);
    if (after !== null) this.#memory.set(key, this.#kept(key, after));
    const newestFirst = [...this.#memory.values()].reverse();
    for (const each of beyond(newestFirst, this.limits)) this.#memory.delete(each);
    return after;
  }

  #inDatabase(database: IDBDatabase, key: string, change: (before: T | null) => T | null): Promise<T | null> {
    return new Promise((done, failed) => {
      const transaction = database.transaction(this.name, "readwrite");
      const store = transaction.objectStore(this.name);
      let after: T | null = null;
      const all = store.getAll() as IDBRequest<Kept<T>[]>;
      all.onsuccess = () => {
        const others = all.result.filter((each) => each.key !== key).sort((one, other) => other.used - one.used);
        const before = all.result.find((each) => each.key === key)?.value ?? null;
        after = change(before);
        if (after === null) return void store.delete(key);
        const kept = this.#kept(key, after, Math.max(Date.now(), (others[0]?.used ?? 0) + 1));
        store.put(kept);
        for (const each of beyond([kept, ...others], this.limits)) store.delete(each);
      };
      transaction.oncomplete = () => done(after);
      transaction.onerror = transaction.onabort = () => failed(transaction.error ?? new Error("not stored"));
    });
  }

  #kept(key: string, value: T, used = 0): Kept<T> {
    return { key, value, bytes: this.bytesOf(value), used };
  }
}

let opening: Promise<IDBDatabase | null> | null = null;

/** Null where the page may not have one. */
function opened(): Promise<IDBDatabase | null> {
  opening ??= new Promise((done) => {
    if (typeof indexedDB === "undefined") return done(null);
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const name of STORES) request.result.createObjectStore(name, { keyPath: "key" });
    };
    request.onsuccess = () => {
      request.result.onclose = () => (opening = null);
      done(request.result);
    };
    request.onerror = request.onblocked = () => done(null);
  });
  return opening;
}
