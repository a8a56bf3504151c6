/** The browser's database for large things: a store for the things of each shelf, and one for what they measure. */

const DATABASE = "vibes-studio";
const VERSION = 3;
/** Before it nothing said what it measures. */
const MEASURED = 2;
const SHELVES = ["masks", "uploads", "workflows"] as const;
export type ShelfName = (typeof SHELVES)[number];

export const sizesOf = (shelf: ShelfName): string => `${shelf}-sizes`;

let opening: Promise<IDBDatabase | null> | null = null;

/** Null where the page may not have one, or another window holds an older one open. */
export function opened(): Promise<IDBDatabase | null> {
  opening ??= new Promise((done) => {
    if (typeof indexedDB === "undefined") return done(null);
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => prepare(request.result, oldVersion >= MEASURED);
    request.onsuccess = () => {
      const forget = () => (opening = null);
      request.result.onclose = forget;
      request.result.onversionchange = () => {
        request.result.close(); // a newer page may have it
        forget();
      };
      done(request.result);
    };
    request.onerror = request.onblocked = () => done(null);
  });
  return opening;
}

/** `stays`: what an older page kept; it goes where nobody knows what it measures. */
function prepare(database: IDBDatabase, stays: boolean): void {
  for (const name of SHELVES)
    for (const each of [name, sizesOf(name)]) {
      const isThere = database.objectStoreNames.contains(each);
      if (isThere && stays) continue;
      if (isThere) database.deleteObjectStore(each);
      database.createObjectStore(each, { keyPath: "key" });
    }
}
