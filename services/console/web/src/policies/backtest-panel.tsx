import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { useRefusal } from '../login/permissions.ts'
import { useRange } from '../shell/time-range.ts'
import { ActionBadge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { exactNumber, numberOf } from '../ui/numbers.ts'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { type Tone, toneClass } from '../ui/tone.ts'
import type { Report } from './queries.ts'
import type { Tested } from './written-draft.ts'

const differences: [name: keyof Report['counts'], title: string, tone: Tone][] = [
  ['newlyBlocked', 'newly blocked', 'block'],
  ['noLongerBlocked', 'no longer blocked', 'ok'],
  ['newlyRedacted', 'newly redacted', 'redact'],
  ['noLongerRedacted', 'no longer redacted', 'ok'],
  ['otherwiseRefused', 'otherwise refused', 'throttle'],
]

const pollMs = 400

/** What a draft would have changed in recorded traffic, or in one exchange, against what is in force. */
export function BacktestPanel({
  draft,
  tested,
  done,
}: {
  draft: string
  tested: Tested | undefined
  done: (tested: Tested) => void
}) {
  const range = useRange()
  const { exchange } = useSearch({ strict: false }) as { exchange?: string }
  const refusal = useRefusal('run backtests')
  const [progress, setProgress] = useState<number>()
  const shown = tested?.report.exchange === exchange ? tested : undefined
  const [error, setError] = useState<unknown>()
  const run = async () => {
    setError(undefined)
    setProgress(0)
    try {
      const { id } = await read(
        api.POST('/v1/backtests', {
          body: {
            policies: draft,
            ...(exchange ? { exchange } : { from: range }),
            enforce: true,
            alone: false,
          },
        }),
      )
      for (;;) {
        const backtest = await read(api.GET('/v1/backtests/{id}', { params: { path: { id } } }))
        setProgress(backtest.percent)
        if (backtest.state === 'failed' || backtest.state === 'cancelled')
          throw new Error(backtest.error ?? `The backtest is ${backtest.state}`)
        if (backtest.state === 'completed') break
        await new Promise((resolve) => setTimeout(resolve, pollMs))
      }
      const found = await read(api.GET('/v1/backtests/{id}/report', { params: { path: { id } } }))
      done({ of: draft, report: found })
    } catch (problem) {
      setError(problem)
    } finally {
      setProgress(undefined)
    }
  }
  return (
    <section aria-label="Backtest" className="flex min-w-0 flex-col gap-3">
      <div className="flex items-center gap-2">
        <h2 className="font-semibold">Backtest</h2>
        <span className="text-muted">
          {exchange ? (
            <>
              as if it enforced, on exchange <ExchangeLink id={exchange} />
            </>
          ) : (
            'as if it enforced, over the time range above'
          )}
        </span>
        <Button
          kind="primary"
          onClick={run}
          disabled={progress !== undefined || draft.trim() === ''}
          refusal={refusal}
          className="ml-auto"
        >
          {progress === undefined ? 'Run backtest' : `Running, ${Math.round(progress)} %`}
        </Button>
      </div>
      {error !== undefined && <Problem error={error} what="The backtest" />}
      {!shown && error === undefined && (
        <p className="text-muted">
          Judges recorded exchanges by this draft and compares with what is in force: which would have been
          blocked or redacted that were not, and which no longer.
        </p>
      )}
      {shown && shown.of !== draft && (
        <p className="tone-throttle toned">The draft has changed since this backtest.</p>
      )}
      {shown && <ReportView report={shown.report} />}
    </section>
  )
}

function ExchangeLink({ id }: { id: string }) {
  return (
    <Link
      to={`/exchanges/${id}` as '/'}
      className="font-mono text-sm underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {id.slice(0, 13)}…
    </Link>
  )
}

/** What came of it in one sentence. */
function verdictOf({ exchange, judged, counts }: Report): string {
  const sum = differences.reduce((sum, [name]) => sum + counts[name], 0)
  if (exchange !== undefined && judged === 0) return 'The exchange was refused before a policy saw it.'
  if (exchange !== undefined)
    return sum === 0
      ? 'The exchange would have ended as it did.'
      : 'The exchange would have ended differently.'
  return sum === 0
    ? `No difference in ${numberOf(judged, 'exchange')}.`
    : `${exactNumber(sum)} of ${numberOf(judged, 'exchange')} would have ended differently.`
}

function ReportView({ report }: { report: Report }) {
  return (
    <>
      <p className="font-medium">{verdictOf(report)}</p>
      <ul className="flex flex-wrap gap-x-5 gap-y-1">
        {differences.map(([name, title, tone]) => (
          <li key={name}>
            <strong className={report.counts[name] > 0 ? `${toneClass[tone]} toned` : 'text-muted'}>
              {exactNumber(report.counts[name])}
            </strong>{' '}
            <span className="text-muted">{title}</span>
          </li>
        ))}
      </ul>
      {report.unread.length > 0 && (
        <p className="text-sm text-muted">
          Not judged:{' '}
          {report.unread.map(({ reason, sides }) => `${exactNumber(sides)} (${reason})`).join(', ')}
        </p>
      )}
      {report.changes.length > 0 && (
        <Table
          label="Exchanges that would have ended differently"
          rows={report.changes.slice(0, 200)}
          id={({ exchange }) => exchange}
          columns={[
            {
              title: 'exchange',
              cell: ({ exchange }) => <ExchangeLink id={exchange} />,
            },
            { title: 'in force', cell: ({ before }) => <ActionBadge action={before} /> },
            { title: 'with the draft', cell: ({ after }) => <ActionBadge action={after} /> },
            { title: 'model', cell: ({ model }) => model },
            { title: 'session', cell: ({ session }) => session, grows: true },
          ]}
        />
      )}
      {report.changesLeftOut > 0 && (
        <p className="text-sm text-muted">
          {exactNumber(report.changesLeftOut)} more are counted and not listed.
        </p>
      )}
    </>
  )
}
