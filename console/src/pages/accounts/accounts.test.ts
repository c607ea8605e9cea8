import { expect, it } from 'vitest';
import { credentialsFile } from './credentials-file.ts';
import { canonicalIdProblem, nameProblem, userAddress } from './names.ts';

it('names are looked at while they are typed', () => {
  expect(nameProblem('ann.smith@example')).toBeUndefined();
  expect(nameProblem('')).toBe('Enter a name.');
  expect(nameProblem('a b')).toContain('only letters');
  expect(nameProblem('a'.repeat(65))).toContain('64');
});

it('a canonical user id is optional, and 64 digits', () => {
  expect(canonicalIdProblem('')).toBeUndefined();
  expect(canonicalIdProblem('0a'.repeat(32))).toBeUndefined();
  expect(canonicalIdProblem('0A'.repeat(32))).toContain('64');
});

it('the address of a user can be shared', () => {
  expect(userAddress('acme', 'a+b')).toBe('/accounts/acme?user=a%2Bb');
});

it('a key is saved as SDKs read it', () => {
  const key = { accessKeyId: 'AKIA1', secretKey: 's/+' };
  const text = credentialsFile(key, { region: 'us-east-1', endpoint: 'http://127.0.0.1:9000' });
  expect(text.split('\n')).toEqual([
    '[default]',
    'aws_access_key_id = AKIA1',
    'aws_secret_access_key = s/+',
    'region = us-east-1',
    'endpoint_url = http://127.0.0.1:9000',
    '',
  ]);
});
