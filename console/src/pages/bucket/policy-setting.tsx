import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback } from 'react';
import {
  bucketPolicy,
  policyIsPublic,
  removeBucketPolicy,
  setBucketPolicy,
} from '../../api/bucket-settings.ts';
import { S3Error } from '../../api/s3.ts';
import { PolicyEditor } from '../../policy/policy-editor.tsx';
import { bucketTemplates } from '../../policy/templates.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';

/** Who else may do what in the bucket, and what nobody may. */
export function PolicySetting({ bucket }: { readonly bucket: string }) {
  const policy = useLoaded(
    useCallback((signal: AbortSignal) => bucketPolicy(bucket, signal), [bucket]),
  );
  const status = useLoaded(
    useCallback((signal: AbortSignal) => policyIsPublic(bucket, signal), [bucket]),
  );
  const notices = useNotices();
  const reload = (): void => {
    policy.reload();
    status.reload();
  };
  const save = async (text: string): Promise<void> => {
    await setBucketPolicy(bucket, text).catch((error: unknown) => {
      throw advised(error);
    });
    notices.done(`The policy of ${bucket} is saved.`);
    reload();
  };
  const remove = async (): Promise<void> => {
    await removeBucketPolicy(bucket);
    notices.done(`The policy of ${bucket} is removed.`);
    reload();
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="JSON of the IAM policy language. What it denies binds everyone, the account’s root too; only the policy itself stays open to that root."
        >
          Bucket policy
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ErrorBox what="The policy could not be read" error={policy.error} retry={policy.reload} />
        {status.value === true ? (
          <Alert type="warning" header="This policy is public">
            It lets everybody in, as far as the public access block leaves it in force.
          </Alert>
        ) : null}
        {policy.value === undefined && policy.error === undefined ? (
          <StatusIndicator type="loading">Reading the policy</StatusIndicator>
        ) : null}
        {policy.value === undefined ? null : (
          <PolicyEditor
            label={`Policy of the bucket ${bucket}`}
            policy={policy.value}
            templates={bucketTemplates}
            bucket={bucket}
            onSave={save}
            onRemove={remove}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

/** A public policy that the public access block refuses: where to change that. */
function advised(error: unknown): unknown {
  const blocked = error instanceof S3Error && error.message.includes('BlockPublicPolicy');
  if (!blocked) return error;
  const advice = 'To publish all the same, turn “Block public policies” off above first.';
  return new Error(`${error.message} ${advice}`, { cause: error });
}
