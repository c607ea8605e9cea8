/** How an object's content can be looked at, told by its type, or by its name where that says nothing. */
export type PreviewKind = 'image' | 'text' | 'pdf' | 'video' | 'audio';

export interface Preview {
  readonly kind: PreviewKind;
  /** What it is asked for as, whatever the object says of itself. */
  readonly type: string;
}

/** Undefined for what cannot be shown. HTML and SVG are shown as text and as an image: nothing runs. */
export function previewOf(contentType: string, key: string): Preview | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return ofType(type) ?? (silent.has(type) ? ofName(key) : undefined);
}

const silent = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

const images = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/svg+xml',
  'image/x-icon',
]);
const texts =
  /^(text\/.*|application\/(json|xml|javascript|ecmascript|x-sh|sql|toml|yaml|x-yaml|x-ndjson|xhtml\+xml|.*\+json|.*\+xml))$/;
const videos = new Set(['video/mp4', 'video/webm', 'video/ogg', 'video/quicktime']);
const audios = new Set([
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
  'audio/flac',
  'audio/aac',
]);

function ofType(type: string): Preview | undefined {
  if (images.has(type)) return { kind: 'image', type };
  if (type === 'application/pdf') return { kind: 'pdf', type };
  if (videos.has(type)) return { kind: 'video', type };
  if (audios.has(type)) return { kind: 'audio', type };
  return texts.test(type) ? { kind: 'text', type: 'text/plain' } : undefined;
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
};
const textNames =
  /\.(txt|md|csv|tsv|log|json|ndjson|xml|html?|css|m?js|tsx?|ya?ml|toml|ini|conf|sh|sql|py|go|rs|c|h|java)$/i;

function ofName(key: string): Preview | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(key)?.[1]?.toLowerCase() ?? '';
  const type = types[extension];
  if (type !== undefined) return ofType(type);
  return textNames.test(key) ? { kind: 'text', type: 'text/plain' } : undefined;
}
