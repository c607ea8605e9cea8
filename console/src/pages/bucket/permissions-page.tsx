/** Who may do what in a bucket: the public access block, its policy, object ownership. */
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { BucketTabs } from '../../shell/bucket-tabs.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { prefixAddress } from '../../text/keys.ts';
import { IfThere } from './if-there.tsx';
import { OwnershipSetting } from './ownership-setting.tsx';
import { PolicySetting } from './policy-setting.tsx';
import { PublicAccessSetting } from './public-access-setting.tsx';

export function PermissionsPage() {
  const { bucket = '' } = useParams();
  return (
    <PageBody
      bare
      title={`Permissions of ${bucket}`}
      trail={[
        { text: 'Buckets', href: '/buckets' },
        { text: bucket, href: prefixAddress(bucket) },
        { text: 'Permissions', href: `/buckets/${encodeURIComponent(bucket)}/permissions` },
      ]}
    >
      <BucketTabs bucket={bucket} active="permissions" />
      <IfThere bucket={bucket}>
        <SpaceBetween size="l">
          <PublicAccessSetting key={`block ${bucket}`} bucket={bucket} />
          <PolicySetting key={`policy ${bucket}`} bucket={bucket} />
          <OwnershipSetting key={`ownership ${bucket}`} bucket={bucket} />
        </SpaceBetween>
      </IfThere>
    </PageBody>
  );
}
