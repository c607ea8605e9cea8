/** One string or a list of strings, as most elements of a policy are given. */
import type { JsonNode, JsonString } from './json-reader.ts';
import type { PolicyText } from './malformed.ts';

/** The strings of `node`, at least one; `words` is what the refusal begins with. */
export function stringsOf(
  source: PolicyText,
  node: JsonNode,
  words: string,
): readonly JsonString[] {
  const items = node.kind === 'array' ? node.items : [node];
  if (items.length === 0) source.fail(node.at, words, 'the list is empty');
  return items.map((item) =>
    item.kind === 'string'
      ? item
      : source.fail(item.at, words, `a string was expected, not ${item.kind}`),
  );
}
