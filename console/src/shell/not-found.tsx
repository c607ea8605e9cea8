import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import { PageBody } from './page-body.tsx';

export function NotFound() {
  return (
    <PageBody title="No such page" trail={[{ text: 'No such page', href: '/' }]}>
      <Alert type="warning">
        Nothing is at this address. Look at <Link href="/buckets">the buckets</Link> instead.
      </Alert>
    </PageBody>
  );
}
