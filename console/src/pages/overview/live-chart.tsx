import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import LineChart from '@cloudscape-design/components/line-chart';
import { keepMs } from './use-samples.ts';
import type { Point } from './rates.ts';

export interface Line {
  readonly title: string;
  /** Undefined: nothing is known of that moment, and there is no point. */
  readonly of: (point: Point) => number | undefined;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const exactClock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** One measure over the last ten minutes. */
export function LiveChart({
  title,
  now,
  points,
  lines,
  textOf,
  leastTop,
}: {
  readonly title: string;
  /** Of the latest sample: the right edge. */
  readonly now: number;
  readonly points: readonly Point[];
  readonly lines: readonly Line[];
  readonly textOf: (value: number) => string;
  /** The axis goes at least so far up: a flat line at zero is no drama. */
  readonly leastTop: number;
}) {
  const series = lines.map(({ title: name, of }) => ({
    title: name,
    type: 'line' as const,
    valueFormatter: textOf,
    data: points.flatMap((point) => {
      const y = of(point);
      return y === undefined ? [] : [{ x: new Date(point.at), y }];
    }),
  }));
  const largest = Math.max(leastTop, ...series.flatMap(({ data }) => data.map(({ y }) => y)));
  return (
    <Container fitHeight header={<Header variant="h2">{title}</Header>}>
      <LineChart
        ariaLabel={title}
        series={series}
        xScaleType="time"
        xDomain={[new Date(now - keepMs), new Date(now)]}
        yDomain={[0, largest * 1.1]}
        xTickFormatter={(time) => clock.format(time)}
        yTickFormatter={textOf}
        detailPopoverFooter={(time) => exactClock.format(time)}
        xTitle="Time"
        hideFilter
        height={180}
        statusType={points.length === 0 ? 'loading' : 'finished'}
        loadingText="A rate needs two looks: a few seconds more"
        empty={<Box textAlign="center">Nothing was asked in the last ten minutes.</Box>}
      />
    </Container>
  );
}
