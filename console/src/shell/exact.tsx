import { visibleRuns } from '../text/visible.ts';

/** A key, id or value of strangers: to the character, nothing hidden, never taken for markup. */
export function Exact({ text }: { readonly text: string }) {
  return (
    <bdi className="exact">
      {visibleRuns(text).map((run, index) =>
        run.unseen ? (
          // oxlint-disable-next-line react/no-array-index-key -- runs have no other name
          <span key={index} className="unseen">
            {run.text}
          </span>
        ) : (
          run.text
        ),
      )}
    </bdi>
  );
}
