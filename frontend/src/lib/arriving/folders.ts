/** Folders that were dropped: the files of use in them, to a bounded depth and number. */

/** Folders within folders. */
const DEEPEST = 5;
/** Files and folders that are looked at in all. */
const MOST_LOOKED_AT = 2_000;
const OF_USE = /\.(png|jpe?g|webp|json|txt)$/i;
/** What programs leave for themselves. */
const HIDDEN = /^(\.|__MACOSX$)/;

export interface Found {
  /** In the order of their paths, which are their names. */
  files: readonly File[];
  /** Whether something was left out, being too deep, too much, or not readable. */
  more: boolean;
}

/** What is dropped is only known by entry while the event is told, so this is called at once. */
export function foldersIn(data: DataTransfer): readonly FileSystemDirectoryEntry[] {
  const items = [...(data.items ?? [])].filter(({ kind }) => kind === "file");
  return items.map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory) as never;
}

/** Pictures, workflows and texts with settings; `most` of them. */
export async function filesWithin(folders: readonly FileSystemDirectoryEntry[], most: number): Promise<Found> {
  const walk = new Walk();
  for (const each of folders) await walk.enter(each, 1);
  const found = walk.found.toSorted((one, other) =>
    one.fullPath.localeCompare(other.fullPath, "en", { numeric: true }),
  );
  const files = await Promise.all(found.slice(0, most).map(fileOf));
  const read = files.filter((each) => each !== null);
  return { files: read, more: walk.more || read.length < found.length };
}

class Walk {
  readonly found: FileSystemFileEntry[] = [];
  more = false;
  #lookedAt = 0;

  async enter(folder: FileSystemDirectoryEntry, depth: number): Promise<void> {
    const reader = folder.createReader();
    for (;;) {
      const entries = await some(reader);
      if (!entries) this.more = true;
      if (!entries?.length) return; // a reader hands out a part each time, and none at the end
      for (const each of entries) if (!(await this.#take(each, depth))) return;
    }
  }

  /** Answers whether there may be more. */
  async #take(entry: FileSystemEntry, depth: number): Promise<boolean> {
    if (++this.#lookedAt > MOST_LOOKED_AT) {
      this.more = true;
      return false;
    }
    if (HIDDEN.test(entry.name)) return true;
    if (entry.isFile && OF_USE.test(entry.name)) this.found.push(entry as FileSystemFileEntry);
    if (!entry.isDirectory) return true;
    if (depth < DEEPEST) await this.enter(entry as FileSystemDirectoryEntry, depth + 1);
    else this.more = true;
    return true;
  }
}

/** Null: the folder cannot be read. */
const some = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[] | null> =>
  new Promise((done) => reader.readEntries(done, () => done(null)));

/** Under its path, since files of several folders may have one name; null: it cannot be read. */
const fileOf = (entry: FileSystemFileEntry): Promise<File | null> =>
  new Promise((done) =>
    entry.file(
      (file) => done(new File([file], entry.fullPath.replace(/^\//, ""), { type: file.type })),
      () => done(null),
    ),
  );
