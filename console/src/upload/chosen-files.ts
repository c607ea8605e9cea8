/** Files and whole folders that were dropped or chosen, each with its path below what was given. */
export interface ChosenFile {
  readonly file: File;
  /** `photos/2026/a.jpg`; of a single file, its name. */
  readonly path: string;
}

/** Of an `<input type=file>`, with or without `webkitdirectory`. */
export function filesOfInput(files: FileList | null): readonly ChosenFile[] {
  return [...(files ?? [])].map((file) => ({
    file,
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
  }));
}

/** Of a drop. To be called within the event: afterwards its entries are gone. */
export function filesOfDrop({ items, files }: DataTransfer): Promise<readonly ChosenFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return Promise.resolve(filesOfInput(files));
  return filesOfEntries(entries);
}

async function filesOfEntries(entries: readonly FileSystemEntry[]): Promise<readonly ChosenFile[]> {
  const found: ChosenFile[] = [];
  // A line, not a recursion: folders may be deep, and their listings come in pieces.
  const line = [...entries];
  for (let entry = line.shift(); entry !== undefined; entry = line.shift()) {
    if (isFolder(entry)) line.push(...(await listed(entry)));
    else if (isFile(entry)) {
      found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, '') });
    }
  }
  return found;
}

async function listed(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (piece.length === 0) return all;
    all.push(...piece);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
