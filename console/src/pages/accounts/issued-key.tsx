import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { IssuedAccessKey } from '../../../../src/admin/contract.ts';
import { saveFile } from '../../shell/save-file.ts';
import { useSession } from '../../shell/session.tsx';
import { credentialsFile } from './credentials-file.ts';

/** A new access key: the secret is shown this once. */
export function IssuedKey({
  issued,
  owner,
  onClose,
}: {
  readonly issued: IssuedAccessKey;
  /** Whose: the name of a user or account. */
  readonly owner: string;
  readonly onClose: () => void;
}) {
  const { region, endpoint } = useSession();
  const { accessKeyId, secretKey } = issued;
  const save = (): void =>
    saveFile(`${owner}.credentials`, [credentialsFile(issued, { region, endpoint })]);
  return (
    <Modal
      visible
      header={`Access key of ${owner}`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="download" onClick={save}>
              Download
            </Button>
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Alert type="warning" header="Save the secret now">
          It is shown this once and cannot be had again. A lost one is replaced by another key.
        </Alert>
        <KeyValuePairs
          columns={1}
          items={[
            {
              label: 'Access key id',
              value: <Copied what="the access key id" text={accessKeyId} />,
            },
            {
              label: 'Secret access key',
              value: <Copied what="the secret access key" text={secretKey} />,
            },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}

function Copied({ what, text }: { readonly what: string; readonly text: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={<span className="exact">{text}</span>}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="Not copied: select it and copy by hand"
    />
  );
}
