/** A page that failed to load or to draw. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useRouteError } from 'react-router';

export function BrokenPage() {
  const error = useRouteError();
  // A page's code is gone after the server was updated: the new index.html names the new one.
  const stale =
    error instanceof TypeError && /dynamically imported|module script/i.test(error.message);
  return (
    <Box padding="l">
      <Alert
        type="error"
        header={stale ? 'This page could not be loaded' : 'This page broke'}
        action={<Button onClick={() => window.location.reload()}>Load again</Button>}
      >
        {stale
          ? 'The server is not reachable, or the console was updated meanwhile.'
          : `That is a mistake in the console: ${error instanceof Error ? error.message : String(error)}`}
      </Alert>
    </Box>
  );
}
