import { durationText, moneyText, shortNumber } from '../ui/numbers.ts'
import { DecisionsOverTime } from './decisions-over-time.tsx'
import type { Overview } from './queries.ts'
import { TimeChart } from './time-chart.tsx'

/** What the figures above came from, over time. */
export default function Charts({ overview }: { overview: Overview }) {
  const { series } = overview
  const range = { from: Date.parse(overview.from) / 1_000, until: Date.parse(overview.until) / 1_000 }
  const times = series.map(({ at }) => Date.parse(at) / 1_000)
  const latency = (rank: 'p50' | 'p95'): (number | null)[] =>
    series.map(({ latencyMs }) => latencyMs?.[rank] ?? null)
  return (
    <div className="grid grid-cols-1 gap-3 lg:grid-cols-2">
      <DecisionsOverTime overview={overview} range={range} times={times} />
      <TimeChart
        label="Latency"
        times={times}
        range={range}
        kind="lines"
        format={durationText}
        lines={[
          { name: 'median', colour: '--muted', values: latency('p50') },
          { name: '95th percentile', colour: '--accent', values: latency('p95') },
        ]}
      />
      {overview.totals.costUsdMicros > 0 ? (
        <TimeChart
          label="Cost"
          times={times}
          range={range}
          kind="bars"
          format={moneyText}
          lines={[
            {
              name: 'by the price table',
              colour: '--accent',
              values: series.map(({ costUsdMicros }) => costUsdMicros),
            },
          ]}
        />
      ) : (
        <TimeChart
          label="Tokens"
          times={times}
          range={range}
          kind="bars"
          format={shortNumber}
          lines={[
            { name: 'input', colour: '--muted', values: series.map(({ inputTokens }) => inputTokens) },
            { name: 'output', colour: '--accent', values: series.map(({ outputTokens }) => outputTokens) },
          ]}
        />
      )}
    </div>
  )
}
