import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it('what is special in a field stands between quotes', () => {
  expect(csvLine(['logs', 'a/b.txt', 12, null, true])).toBe('logs,a/b.txt,12,,true\r\n');
  expect(csvLine(['say "hi", twice', 'line\nbreak', '=1+1', '-1'])).toBe(
    '"say ""hi"", twice","line\nbreak","=1+1","-1"\r\n',
  );
});
