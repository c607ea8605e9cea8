import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { KeysStatus } from '../../../../src/admin/contract.ts';
import { useNow } from '../../shell/use-now.ts';
import { countdownText } from '../../text/countdown.ts';
import { agoText, timeText } from '../../text/times.ts';

/** Which version is current, when the next comes, and whether the root of trust answers. */
export function KeyFacts({ status }: { readonly status: KeysStatus }) {
  const { current, nextRotation, keeper, versions, countedAt } = status;
  const now = useNow();
  const made = versions.find(({ version }) => version === current)?.createdAt;
  return (
    <Container fitHeight header={<Header variant="h2">State</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Current version', value: String(current) },
          {
            label: 'In force',
            value: made === undefined ? '–' : `since ${timeText(made)} (${agoText(made, now)})`,
          },
          {
            label: 'Next rotation',
            value:
              nextRotation === null
                ? 'None is planned (--rotate-every)'
                : `${countdownText(nextRotation, now)}, ${timeText(nextRotation)}`,
          },
          {
            label: 'Keeper, the root of trust',
            value: (
              <StatusIndicator type={keeper.healthy ? 'success' : 'error'}>
                {keeper.kind}
                {keeper.healthy ? ' opens the keyring' : ' does not open the keyring now'}
              </StatusIndicator>
            ),
          },
          { label: 'References counted', value: timeText(countedAt) },
        ]}
      />
    </Container>
  );
}
