import { SideBySide } from '../../shell/side-by-side.tsx';
import { byteRateText, millisecondsText, rateText } from '../../text/rates.ts';
import { type Line, LiveChart } from './live-chart.tsx';
import { type Point, topOperations } from './rates.ts';

const namedMost = 4;

/** Requests, errors, times and traffic, live. */
export function Charts({
  points,
  now,
}: {
  readonly points: readonly Point[];
  readonly now: number;
}) {
  const named = topOperations(points, namedMost);
  const rest = (point: Point): number =>
    named.reduce((left, name) => left - (point.requests[name] ?? 0), point.requestsTotal);
  const operations: readonly Line[] = [
    ...named.map((title): Line => ({ title, of: ({ requests }) => requests[title] ?? 0 })),
    { title: named.length === 0 ? 'All' : 'Others', of: (point) => Math.max(0, rest(point)) },
  ];
  const common = { points, now };
  return (
    <SideBySide>
      <LiveChart
        {...common}
        title="Requests by operation"
        lines={operations}
        textOf={rateText}
        leastTop={1}
      />
      <LiveChart {...common} title="Errors" lines={errors} textOf={rateText} leastTop={1} />
      <LiveChart
        {...common}
        title="Time of requests"
        lines={times}
        textOf={millisecondsText}
        leastTop={10}
      />
      <LiveChart
        {...common}
        title="Traffic of all ports"
        lines={traffic}
        textOf={byteRateText}
        leastTop={1000}
      />
    </SideBySide>
  );
}

const errors: readonly Line[] = [
  { title: 'Refused (4xx)', of: ({ errors4xx }) => errors4xx },
  { title: 'Failed (5xx)', of: ({ errors5xx }) => errors5xx },
];
const times: readonly Line[] = [
  { title: 'Half are faster', of: ({ median }) => median },
  { title: '99 of 100 are faster', of: ({ p99 }) => p99 },
];
const traffic: readonly Line[] = [
  { title: 'In', of: ({ bytesIn }) => bytesIn },
  { title: 'Out', of: ({ bytesOut }) => bytesOut },
];
