/** boto3, in Python: each script prints `ok NAME` or `not ok NAME: REASON` for each of its checks. */
import { join } from 'node:path';

import { attempt, virtualEnvironment } from './program.ts';
import { type Stage, type Suite, clientEnvironment } from './suite.ts';
import type { Site } from './site.ts';

export const boto3: Suite = {
  name: 'boto3',
  run: async (stage) => {
    await script(stage, stage.site, 'boto3_work.py');
    await script(stage, stage.site, 'boto3_terraform.py');
    if (stage.classic !== undefined) await script(stage, stage.classic, 'boto3_terraform.py');
  },
};

async function script(stage: Stage, site: Site, name: string): Promise<void> {
  const { checks, canary, folder } = stage;
  let lines = 0;
  let last = performance.now();
  const onLine = (line: string): void => {
    const [, bad, check = '', reason = ''] = /^(not )?ok (.*?)(?:: (.*))?$/.exec(line) ?? [];
    if (check === '') return;
    lines += 1;
    const label = `${site.mode}: ${check}`;
    if (bad === undefined) checks.pass(label, performance.now() - last);
    else checks.fail(label, reason.replaceAll('\\n', '\n'));
    last = performance.now();
  };
  const env = {
    ...clientEnvironment({ ...stage, site }),
    COFFER_URL: site.url,
    COFFER_MODE: site.mode,
    COFFER_CANARY: canary,
    COFFER_FOLDER: folder,
    PYTHONUNBUFFERED: '1',
  };
  const command = [join(virtualEnvironment, 'python'), join(import.meta.dirname, name)];
  const { code, stderr } = await attempt(command, { env, onLine });
  if (code !== 0 || lines === 0) {
    checks.fail(
      `${name} ran to its end`,
      `exit ${code} after ${lines} checks\n${stderr.slice(-2000)}`,
    );
  }
}
