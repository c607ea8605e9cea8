import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { KeysStatus } from '../../../../src/admin/contract.ts';
import { countText, percentText } from '../../text/bytes.ts';
import { coverageOf, coveredBy } from './coverage.ts';

/** What is sealed under each version: after a rotation one sees it move to the current one. */
export function CoverageChart({ status }: { readonly status: KeysStatus }) {
  const { objectVersions, uploads, others, largest } = coverageOf(status);
  const { current, all } = coveredBy(status);
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          description={`${percentText(current, all)} of all rows are sealed under version ${status.current}, the current one.`}
        >
          Coverage by version
        </Header>
      }
    >
      <BarChart
        ariaLabel="Coverage by version"
        series={[
          {
            title: 'Object versions',
            type: 'bar',
            data: objectVersions,
            valueFormatter: countText,
          },
          { title: 'Uploads', type: 'bar', data: uploads, valueFormatter: countText },
          { title: 'Other rows', type: 'bar', data: others, valueFormatter: countText },
        ]}
        xDomain={objectVersions.map(({ x }) => x)}
        yDomain={[0, largest]}
        yTickFormatter={countText}
        xTitle="Master key version"
        yTitle="Rows"
        stackedBars
        hideFilter
        height={220}
        empty={<Box textAlign="center">Nothing is sealed yet.</Box>}
      />
    </Container>
  );
}
