/** Pages of which parts are generated: what stands between two markers is replaced, the rest stays. */

/** Makes the text of a section, each line ended. */
export type Sections = Readonly<Record<string, () => string>>;

/** The page with its sections as they are now. Throws where a marker is missing. */
export function renderSections(page: string, sections: Sections): string {
  return Object.entries(sections).reduce((text, [name, render]) => {
    const [begin, end] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the page has no section ${name}`);
    return `${text.slice(0, from + begin.length)}${render()}${text.slice(to)}`;
  }, page);
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
