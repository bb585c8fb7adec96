import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { logQuery } from '../api/log-query.ts'
import { ago } from '../ui/moment.tsx'
import { durationText, exactNumber, moneyText, numberOf, shortNumber } from '../ui/numbers.ts'
import { type Tone, toneClass } from '../ui/tone.ts'
import type { Overview } from './queries.ts'

/** The main question first: is everything recorded, and what happened in the range. */
export function Figures({ overview, range }: { overview: Overview; range: string }) {
  const { completeness, totals, checkpoint, projections } = overview
  const missing = completeness.numbered - completeness.recorded
  const lagMs = Math.max(0, ...projections.map(({ lagMs }) => lagMs))
  const pending = projections.reduce((sum, { pending }) => sum + pending, 0)
  const { block = 0, redact = 0, throttle = 0, quarantine = 0 } = totals.decisions
  return (
    <>
      <Row label="Record">
        <Figure
          name="Sent = recorded"
          value={missing === 0 ? exactNumber(completeness.recorded) : `${exactNumber(missing)} on the way`}
          note={missing === 0 ? 'events, none missing' : `of ${numberOf(completeness.numbered, 'event')}`}
          tone={missing === 0 ? 'ok' : 'throttle'}
        />
        <Figure
          name="Open"
          value={shortNumber(completeness.openExchanges)}
          exact={exactNumber(completeness.openExchanges)}
          note="exchanges under way"
          to="/traffic"
          search={{ state: 'open', range: '30d' }}
        />
        <Figure
          name="Gaps"
          value={shortNumber(completeness.gaps.open + completeness.gaps.lostEvents)}
          exact={exactNumber(completeness.gaps.open + completeness.gaps.lostEvents)}
          note={
            completeness.gaps.lostEvents > 0
              ? `${numberOf(completeness.gaps.lostEvents, 'event')} destroyed`
              : 'in any journal'
          }
          tone={completeness.gaps.open + completeness.gaps.lostEvents > 0 ? 'block' : 'ok'}
          to="/health"
        />
        <Figure
          name="Lag"
          value={durationText(lagMs)}
          note={
            pending > 0
              ? `${shortNumber(pending)} ${pending === 1 ? 'event waits' : 'events wait'}`
              : 'nothing waits'
          }
          tone={lagMs > 10_000 ? 'throttle' : 'neutral'}
          to="/health"
        />
        <Checkpoint of={checkpoint} />
      </Row>
      <Row label="Traffic">
        <Figure
          name="Exchanges"
          value={shortNumber(totals.exchanges)}
          exact={exactNumber(totals.exchanges)}
          note={
            totals.latencyMs
              ? `median ${durationText(totals.latencyMs.p50)}, p99 ${durationText(totals.latencyMs.p99)}`
              : 'no response yet'
          }
          to="/traffic"
          search={{ range }}
        />
        <Figure
          name="Blocked"
          value={shortNumber(block)}
          exact={exactNumber(block)}
          note={quarantine > 0 ? `${exactNumber(quarantine)} quarantined` : share(block, totals.exchanges)}
          tone={block > 0 ? 'block' : 'neutral'}
          to="/traffic"
          search={{ decision: 'block', range }}
        />
        <Figure
          name="Redacted"
          value={shortNumber(redact)}
          exact={exactNumber(redact)}
          note={throttle > 0 ? `${exactNumber(throttle)} throttled` : share(redact, totals.exchanges)}
          tone={redact > 0 ? 'redact' : 'neutral'}
          to="/traffic"
          search={{ decision: 'redact', range }}
        />
        <Figure
          name="Failed"
          value={shortNumber(totals.failed)}
          exact={exactNumber(totals.failed)}
          note={share(totals.failed, totals.exchanges)}
          tone={totals.failed > 0 ? 'throttle' : 'neutral'}
          to="/traffic"
          search={{ state: 'failed', range }}
        />
        <Figure
          name="Cost"
          value={moneyText(totals.costUsdMicros)}
          note={`${shortNumber(totals.inputTokens + totals.outputTokens)} tokens`}
          exactNote={`${exactNumber(totals.inputTokens)} in, ${exactNumber(totals.outputTokens)} out`}
        />
      </Row>
    </>
  )
}

/** An old checkpoint is as it should be while nothing new is there to sign. */
function Checkpoint({ of }: { of: Overview['checkpoint'] }) {
  const { data: log } = useQuery(logQuery)
  const unsigned = log && of ? Math.max(0, log.size - of.size) : 0
  const isLate = of !== null && unsigned > 0 && of.ageSeconds > 600
  return (
    <Figure
      name="Checkpoint"
      value={of ? ago(of.ageSeconds * 1_000) : 'none yet'}
      note={
        log?.problem ??
        (!of
          ? 'the log signs its first soon'
          : unsigned > 0
            ? `${numberOf(unsigned, 'event waits', 'events wait')} for the next`
            : `signs all ${numberOf(of.size, 'event')}`)
      }
      tone={log?.problem ? 'block' : !of || isLate ? 'throttle' : 'neutral'}
      to="/exports"
    />
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      className="flex flex-wrap gap-px overflow-hidden rounded-md border border-line bg-line"
    >
      {children}
    </section>
  )
}

function Figure({
  name,
  value,
  exact,
  note,
  exactNote,
  tone = 'neutral',
  to,
  search,
}: {
  name: string
  value: string
  exact?: string
  note: string
  exactNote?: string
  tone?: Tone
  to?: string
  search?: Record<string, string>
}) {
  const content = (
    <>
      <span className="text-muted">{name}</span>
      <span
        title={exact}
        className={`text-xl font-semibold ${tone === 'neutral' ? '' : `${toneClass[tone]} toned`}`}
      >
        {value}
      </span>
      <span title={exactNote} className="text-sm text-muted">
        {note}
      </span>
    </>
  )
  const frame = 'flex min-w-0 grow basis-32 flex-col bg-panel px-3 py-2.5'
  return to ? (
    <Link to={to} search={(search ?? {}) as never} className={`${frame} hover:bg-raised`}>
      {content}
    </Link>
  ) : (
    <div className={frame}>{content}</div>
  )
}

function share(part: number, whole: number): string {
  if (whole === 0) return 'of none'
  const percent = (100 * part) / whole
  return `${percent > 0 && percent < 0.1 ? '< 0.1' : percent.toFixed(1)} % of exchanges`
}
