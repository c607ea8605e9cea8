import Alert from '@cloudscape-design/components/alert';

/** In place of a page that the session's identity has no permission for. */
export function ForAdministrators({
  what,
  action,
}: {
  /** "how the server does" */
  readonly what: string;
  /** The operation that would have to be allowed: `GetOverview`. */
  readonly action: string;
}) {
  return (
    <Alert type="info" header="This page is for administrators">
      Your identity has no permission to see {what} (coffer:{action}). Your buckets and objects are
      not affected.
    </Alert>
  );
}
