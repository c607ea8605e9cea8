import { expect, it } from 'vitest';
import { byteRateText, millisecondsText, rateText } from './rates.ts';

it('rates have as many digits as they deserve', () => {
  expect([0, 0.25, 4.44, 12.6, 1250.2].map(rateText)).toEqual([
    '0 /s',
    '0.25 /s',
    '4.4 /s',
    '13 /s',
    '1,250 /s',
  ]);
  expect([0, 999, 1536, 250_000, 3e9].map(byteRateText)).toEqual([
    '0 B/s',
    '999 B/s',
    '1.5 kB/s',
    '250 kB/s',
    '3 GB/s',
  ]);
});

it('times of requests are told in milliseconds, then in seconds', () => {
  expect([0.831, 45.2, 1234].map(millisecondsText)).toEqual(['0.83 ms', '45 ms', '1.2 s']);
});
