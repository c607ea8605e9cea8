import Spinner from '@cloudscape-design/components/spinner';

/** Before there is anything to show. */
export function Waiting() {
  return (
    <div className="waiting" role="status" aria-label="Loading">
      <Spinner size="large" />
    </div>
  );
}
