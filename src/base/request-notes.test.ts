import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteOf, noteRequest } from './request-notes.ts';

test('later notes lie over earlier ones', () => {
  const request = {};
  assert.equal(noteOf(request), undefined);
  noteRequest(request, { operation: 'PutObject', bucket: 'b' });
  noteRequest(request, { operation: 'PutObject', code: 'AccessDenied' });
  assert.deepEqual(noteOf(request), { operation: 'PutObject', bucket: 'b', code: 'AccessDenied' });
});
