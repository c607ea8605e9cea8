import assert from 'node:assert/strict';
import { test } from 'node:test';
import { element, escapeXml, textElement, xmlDocument } from './write.ts';

test('text is escaped so that a parser gives it back', () => {
  assert.equal(escapeXml('plain/ключ/🪣'), 'plain/ключ/🪣');
  assert.equal(escapeXml(`<&>"'`), '&lt;&amp;&gt;&quot;&apos;');
  assert.equal(escapeXml('a\r\n\tb\0\u007f'), 'a&#xD;&#xA;&#x9;b&#x0;&#x7F;');
  assert.equal(escapeXml('\uffff'), '&#xFFFF;');
  assert.equal(escapeXml('🪣\ud800x'), '🪣\ufffdx');
});

test('elements and documents', () => {
  assert.equal(
    xmlDocument(
      'A',
      element('B', textElement('C', '<') + textElement('D', 1) + textElement('E', undefined)),
    ),
    '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><B><C>&lt;</C><D>1</D></B></A>',
  );
  assert.equal(textElement('T', false), '<T>false</T>');
});
