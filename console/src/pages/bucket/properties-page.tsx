/** A bucket’s facts and settings: default encryption, versioning, tags, and its end. */
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { BucketTabs } from '../../shell/bucket-tabs.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { prefixAddress } from '../../text/keys.ts';
import { BucketFacts } from './bucket-facts.tsx';
import { EncryptionSetting } from './encryption-setting.tsx';
import { IfThere } from './if-there.tsx';
import { RemovalBox } from './removal-box.tsx';
import { TagsSetting } from './tags-setting.tsx';
import { VersioningSetting } from './versioning-setting.tsx';

export function PropertiesPage() {
  const { bucket = '' } = useParams();
  const address = `/buckets/${encodeURIComponent(bucket)}/properties`;
  return (
    <PageBody
      bare
      title={`Properties of ${bucket}`}
      trail={[
        { text: 'Buckets', href: '/buckets' },
        { text: bucket, href: prefixAddress(bucket) },
        { text: 'Properties', href: address },
      ]}
    >
      <BucketTabs bucket={bucket} active="properties" />
      <IfThere bucket={bucket}>
        <SpaceBetween size="l">
          <BucketFacts key={`facts ${bucket}`} bucket={bucket} />
          <EncryptionSetting key={`encryption ${bucket}`} bucket={bucket} />
          <VersioningSetting key={`versioning ${bucket}`} bucket={bucket} />
          <TagsSetting key={`tags ${bucket}`} bucket={bucket} />
          <RemovalBox key={`removal ${bucket}`} bucket={bucket} />
        </SpaceBetween>
      </IfThere>
    </PageBody>
  );
}
