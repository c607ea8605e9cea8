import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ObjectHead } from '../../api/object.ts';
import { Exact } from '../../shell/exact.tsx';

/** What the writer said of the object. */
export function MetadataBox({ head }: { readonly head: ObjectHead }) {
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${head.metadata.length})`}>
          Metadata
        </Header>
      }
    >
      {head.metadata.length === 0 ? (
        <Box color="text-body-secondary">The writer gave no metadata.</Box>
      ) : (
        <KeyValuePairs
          columns={3}
          items={head.metadata.map(([name, value]) => ({
            label: `x-amz-meta-${name}`,
            value: <Exact text={value} />,
          }))}
        />
      )}
    </Container>
  );
}
