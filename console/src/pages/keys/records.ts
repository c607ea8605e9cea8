/** A record's text is signed to the byte; this is how it is shown. What is not JSON is shown as it is. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
