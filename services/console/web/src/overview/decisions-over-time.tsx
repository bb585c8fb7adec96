import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { exactNumber, shortNumber } from '../ui/numbers.ts'
import { Table } from '../ui/table.tsx'
import { toneOfAction } from '../ui/tone.ts'
import type { Overview } from './queries.ts'
import { type Line, type Range, TimeChart } from './time-chart.tsx'

const colours = {
  allow: '--muted',
  redact: '--redact',
  throttle: '--throttle',
  block: '--block',
  quarantine: '--quarantine',
} as const
type Action = keyof typeof colours
const actions = Object.keys(colours) as Action[]

const observedOnly = 'observed only'

type Counts = Partial<Record<Action, number>>
type Step = { at: string; done: Counts; observed: Counts }

/** What was decided, of all exchanges or by one policy; each step leads to its exchanges. The choice is in the address. */
export function DecisionsOverTime({
  overview,
  range,
  times,
}: {
  overview: Overview
  range: Range
  times: number[]
}) {
  const { by, steps: shown } = useSearch({ strict: false }) as { by?: string; steps?: string }
  const navigate = useNavigate()
  const change = (next: object) =>
    navigate({ to: '.', replace: true, search: ((before: object) => ({ ...before, ...next })) as never })
  const policy = overview.policies.find((one) => one.policy === by)
  const steps: Step[] = policy
    ? policy.series.map(({ at, enforced, observed }) => ({ at, done: enforced, observed }))
    : overview.series.map(({ at, decisions }) => ({ at, done: decisions, observed: {} }))
  const traffic = ({ at }: Step, asked: { decision?: string; verdict?: string } = {}) => ({
    ...(policy && { policy: policy.policy }),
    ...asked,
    from: at,
    until: new Date(Date.parse(at) + overview.stepSeconds * 1_000).toISOString(),
  })
  const askedBy = (part: string) =>
    part === observedOnly
      ? { verdict: 'observed' }
      : policy
        ? { verdict: `${part}:enforced` }
        : { decision: part }
  const isTable = shown === 'table'
  const tools = (
    <>
      <select
        aria-label="Decisions by"
        value={policy?.policy ?? ''}
        onChange={({ target }) => change({ by: target.value || undefined })}
        className="h-7 max-w-64 rounded border border-line bg-panel px-1.5 hover:bg-raised"
      >
        <option value="">all policies</option>
        {overview.policies.map(({ policy }) => (
          <option key={policy} value={policy}>
            {policy}
          </option>
        ))}
      </select>
      <Button
        kind={isTable ? 'plain' : 'quiet'}
        aria-pressed={isTable}
        onClick={() => change({ steps: isTable ? undefined : 'table' })}
      >
        Table
      </Button>
    </>
  )
  return (
    <div className="flex min-w-0 flex-col gap-2 lg:col-span-2">
      <TimeChart
        label="Decisions"
        times={times}
        range={range}
        lines={linesOf(steps)}
        kind="bars"
        format={shortNumber}
        tools={tools}
        choose={(index, part) => {
          const step = steps[index]
          if (step && count(step) > 0)
            navigate({ to: '/traffic' as '/', search: traffic(step, part ? askedBy(part) : {}) as never })
        }}
      />
      {isTable && (
        <div className="max-h-80 overflow-y-auto">
          <Table
            label="Decisions over time"
            rows={steps.filter((step) => count(step) > 0).reverse()}
            id={({ at }) => at}
            columns={[
              {
                title: 'from',
                cell: (step) => (
                  <Link
                    to={'/traffic' as '/'}
                    search={traffic(step) as never}
                    className="underline decoration-line underline-offset-2 hover:decoration-current"
                  >
                    <time dateTime={step.at}>{dayAndClock.format(new Date(step.at))}</time>
                  </Link>
                ),
              },
              {
                title: 'done',
                cell: (step) => (
                  <Actions of={step.done} search={(action) => traffic(step, askedBy(action))} />
                ),
                grows: true,
              },
              ...(policy
                ? [
                    {
                      title: 'observed only',
                      cell: (step: Step) => (
                        <Actions
                          of={step.observed}
                          search={(action) => traffic(step, { verdict: `${action}:observed` })}
                          isObserved
                        />
                      ),
                    },
                  ]
                : []),
            ]}
          />
        </div>
      )}
    </div>
  )
}

const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/** What was done by its action; what would have been done, and was only observed, in the colour of observing. */
function linesOf(steps: readonly Step[]): Line[] {
  const line = (name: string, colour: string, values: (step: Step) => number): Line[] => {
    const counted = steps.map(values)
    return counted.some((value) => value > 0) ? [{ name, colour, values: counted }] : []
  }
  return [
    ...actions.flatMap((action) => line(action, colours[action], ({ done }) => done[action] ?? 0)),
    ...line(observedOnly, '--observe', ({ observed }) => sum(observed)),
  ]
}

function count({ done, observed }: Step): number {
  return sum(done) + sum(observed)
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, one) => total + one, 0)
}

/** Each leads to its exchanges. */
function Actions({
  of,
  search,
  isObserved = false,
}: {
  of: Counts
  search: (action: Action) => object
  isObserved?: boolean
}) {
  const entries = actions.flatMap((action) => (of[action] ? [[action, of[action]] as const] : []))
  if (entries.length === 0) return <span className="text-muted">–</span>
  return (
    <span className="flex gap-1">
      {entries.map(([action, times]) => (
        <Link key={action} to={'/traffic' as '/'} search={search(action) as never}>
          <Badge tone={isObserved ? 'observe' : toneOfAction(action)}>
            {action} {exactNumber(times)}
          </Badge>
        </Link>
      ))}
    </span>
  )
}
