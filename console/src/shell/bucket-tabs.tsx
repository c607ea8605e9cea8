/** The pages of one bucket: objects, properties, permissions. */
import Header from '@cloudscape-design/components/header';
import Tabs from '@cloudscape-design/components/tabs';
import { useNavigate } from 'react-router';
import { prefixAddress } from '../text/keys.ts';

export function BucketTabs({
  bucket,
  active,
}: {
  readonly bucket: string;
  readonly active: 'objects' | 'properties' | 'permissions';
}) {
  const navigate = useNavigate();
  const address = `/buckets/${encodeURIComponent(bucket)}`;
  return (
    <div>
      <Header variant="h1">
        <span className="exact">{bucket}</span>
      </Header>
      <Tabs
        activeTabId={active}
        ariaLabel={`Pages of the bucket ${bucket}`}
        disableContentPaddings
        onChange={({ detail }) => {
          if (detail.activeTabHref !== undefined) void navigate(detail.activeTabHref);
        }}
        tabs={[
          { id: 'objects', label: 'Objects', href: prefixAddress(bucket), content: '' },
          { id: 'properties', label: 'Properties', href: `${address}/properties`, content: '' },
          { id: 'permissions', label: 'Permissions', href: `${address}/permissions`, content: '' },
        ]}
      />
    </div>
  );
}
