/** In place of what could not be shown: why, and a way to try again. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { reasonOf } from './reason.ts';

export function ErrorBox({
  what,
  error,
  retry,
}: {
  /** "The buckets could not be listed". */
  readonly what: string;
  readonly error: unknown;
  readonly retry?: () => void;
}) {
  // Nothing failed: there is nothing to show.
  const reason = error === undefined ? undefined : reasonOf(error);
  if (reason === undefined) return null;
  return (
    <Alert
      type="error"
      header={what}
      action={retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
    >
      {reason}
    </Alert>
  );
}
