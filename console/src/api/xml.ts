/**
 * S3's replies as a tree: elements by local name, text exactly as sent. Only for replies of our own
 * S3 endpoint; the browser's parser reads them, external entities are never fetched by it.
 */
export interface XmlElement {
  readonly name: string;
  /** Of the element itself, children's not among it. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Undefined where the text is not well-formed. */
export function parseXml(
  text: string,
  parser: Pick<DOMParser, 'parseFromString'> = new DOMParser(),
): XmlElement | undefined {
  const { documentElement } = parser.parseFromString(text, 'application/xml');
  if (documentElement === null || documentElement.localName === 'parsererror') return undefined;
  return treeOf(documentElement);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Undefined where there is no such child; an empty one is the empty text. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** For text and attribute values. Control characters that XML 1.0 cannot carry are the caller's. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

function treeOf(element: Element): XmlElement {
  const children: XmlElement[] = [];
  let text = '';
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 1) children.push(treeOf(node as Element));
    else if (node.nodeType === 3 || node.nodeType === 4) text += node.nodeValue ?? '';
  }
  return { name: element.localName, text, children };
}
