/** Large things that this browser keeps over a reload: in IndexedDB or, where the page may not use that, in memory. */
import { opened, sizesOf, type ShelfName } from "@/lib/kept/database";

/** What is known of a thing without loading it. */
export interface Known {
  key: string;
  bytes: number;
  /** A number that grows with each use, so that what was used least goes first. */
  used: number;
}

interface Kept<T> {
  key: string;
  value: T;
}

export interface Limits {
  /** Most things. */
  most: number;
  /** Most bytes of all together; the newest one is kept whatever its size. */
  bytes: number;
}

/** What has to go, from a list in the order of use, the newest first. */
export function beyond(kept: readonly Known[], { most, bytes }: Limits): string[] {
  let sum = 0;
  return kept.flatMap(({ key, bytes: size }, place) => {
    sum += size;
    return place && (place >= most || sum > bytes) ? [key] : [];
  });
}

export class Shelf<T> {
  readonly #memory = new Map<string, { value: T; bytes: number }>();

  constructor(
    readonly name: ShelfName,
    readonly limits: Limits,
    readonly bytesOf: (value: T) => number,
  ) {}

  read(key: string): Promise<T | null> {
    return this.update(key, (before) => before);
  }

  /** Reads and writes in one go, so that no other window comes in between; null removes it, and what it was given stays as
   * it is. Answers what is kept now. */
  async update(key: string, change: (before: T | null) => T | null): Promise<T | null> {
    try {
      const database = await opened();
      if (database) return await this.#inDatabase(database, key, change);
    } catch {
      // full, or taken away by the browser: this page's memory has to do
    }
    return this.#inMemory(key, change);
  }

  /** In no order; what is being written by now is among them. */
  async all(): Promise<readonly T[]> {
    const database = await opened().catch(() => null);
    const found = database ? await this.#allInDatabase(database).catch(() => []) : [];
    return [...found, ...[...this.#memory.values()].map(({ value }) => value)];
  }

  #allInDatabase(database: IDBDatabase): Promise<readonly T[]> {
    return new Promise((done, failed) => {
      const asked = database.transaction(this.name).objectStore(this.name).getAll() as IDBRequest<Kept<T>[]>;
      asked.onsuccess = () => done(asked.result.map(({ value }) => value));
      asked.onerror = () => failed(asked.error ?? new Error("not read"));
    });
  }

  #inMemory(key: string, change: (before: T | null) => T | null): T | null {
    const after = change(this.#memory.get(key)?.value ?? null);
    this.#memory.delete(key);
    if (after !== null) this.#memory.set(key, { value: after, bytes: this.bytesOf(after) });
    const newestFirst = [...this.#memory].map(([each, { bytes }]) => ({ key: each, bytes, used: 0 })).reverse();
    for (const each of beyond(newestFirst, this.limits)) this.#memory.delete(each);
    return after;
  }

  /** Of the others only the sizes are loaded. */
  #inDatabase(database: IDBDatabase, key: string, change: (before: T | null) => T | null): Promise<T | null> {
    return new Promise((done, failed) => {
      const transaction = database.transaction([this.name, sizesOf(this.name)], "readwrite");
      const values = transaction.objectStore(this.name);
      const sizes = transaction.objectStore(sizesOf(this.name));
      let after: T | null = null;
      const remove = (each: string) => {
        values.delete(each);
        sizes.delete(each);
      };
      const asked = values.get(key) as IDBRequest<Kept<T> | undefined>;
      const all = sizes.getAll() as IDBRequest<Known[]>;
      all.onsuccess = () => {
        const before = asked.result?.value ?? null;
        const others = all.result.filter((each) => each.key !== key).sort((one, other) => other.used - one.used);
        after = change(before);
        if (after === null) return before === null ? undefined : remove(key);
        if (after !== before) values.put({ key, value: after });
        const used = Math.max(Date.now(), (others[0]?.used ?? 0) + 1);
        const known = { key, bytes: this.bytesOf(after), used };
        sizes.put(known);
        for (const each of beyond([known, ...others], this.limits)) remove(each);
      };
      transaction.oncomplete = () => done(after);
      transaction.onerror = transaction.onabort = () => failed(transaction.error ?? new Error("not stored"));
    });
  }
}
