/**
 * Writes the table of settings in docs/OPERATING.md from the settings themselves.
 *
 *     node tools/operating-settings.ts
 *
 * `tests/operating.test.ts` fails when the page is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { settingNames, settingOf } from '../src/config/table.ts';
import { renderSections, table } from './generated-sections.ts';

export const pagePath = join(import.meta.dirname, '../docs/OPERATING.md');

/** The page with its settings as the code has them now. */
export function renderedPage(page: string): string {
  return renderSections(page, { settings });
}

function settings(): string {
  const rows = settingNames.map((name) => {
    const {
      flag,
      env,
      placeholder,
      default: text,
      defaultHelp,
      repeatable,
      help,
    } = settingOf(name);
    const flagText = flag === undefined ? '' : `\`--${flag} ${placeholder}\``;
    const again =
      repeatable === true ? ' May be repeated; separated by commas in the variable.' : '';
    return [flagText, `\`${env}\``, text ?? defaultHelp ?? 'none', help + again];
  });
  return table(['flag', 'variable', 'default', 'what'], rows);
}

if (import.meta.main) writeFileSync(pagePath, renderedPage(readFileSync(pagePath, 'utf8')));
