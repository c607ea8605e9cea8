/** The line to paste: one that a shell reads as it was meant, wherever the data lies. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { banner } from './banner.ts';
import { parseSettings } from './config/settings.ts';
import type { Start } from './open-store.ts';

const settings = parseSettings(['--data', '/data'], {}, '/');
const bound = { endpoint: settings.listen, console: settings.console };

/** The parts of a start that a banner tells. */
function start(credentialsPath: string | undefined, firstStart = true): Start {
  const told = { credentialsPath, firstStart, rootAccessKeyId: 'AKIAEXAMPLE' };
  return told as unknown as Start;
}

function pasted(path: string): string {
  const line = /^Try: {2}(.*)$/m.exec(banner(settings, start(path), bound))?.[1] ?? '';
  return execFileSync(
    'sh',
    ['-c', line.replace(' aws ', ' printenv ').replace(/ s3 .*/, ' AWS_SHARED_CREDENTIALS_FILE')],
    {
      encoding: 'utf8',
    },
  );
}

test('the line to paste names the credentials file, whatever its path', () => {
  for (const path of ['/a/b.credentials', "/my data/it's $HOME/`x`.credentials", '/d\u00e9/~']) {
    assert.equal(pasted(path), `${path}\n`);
  }
});

test('it tells where the secret is, and on the first start to keep the key', () => {
  const first = banner(settings, start('/data.credentials'), bound);
  assert.match(first, /Secret access key {5}in \/data\.credentials/);
  assert.match(first, /^Console {15}http:\/\/127\.0\.0\.1:9001$/m);
  assert.match(first, /BACK UP THE ROOT KEY FILE NOW/);
  const later = banner(settings, start(undefined, false), bound);
  assert.match(later, /given by COFFER_ROOT_SECRET_KEY/);
  assert.doesNotMatch(later, /BACK UP|AWS_SHARED_CREDENTIALS_FILE/);
});
