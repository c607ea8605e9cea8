/** Gives the browser a file to save. The parts may be many: they are never joined as one text. */
export function saveFile(name: string, parts: readonly BlobPart[], type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: `${type};charset=utf-8` }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The browser has begun to read it by then; a file of many MiB may still be read for a while.
  setTimeout(() => URL.revokeObjectURL(url), releaseMs);
}

const releaseMs = 60_000;
