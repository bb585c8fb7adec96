import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useRefusal } from '../login/permissions.ts'
import { ActionBadge, Badge } from '../ui/badge.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { durationText, exactNumber, moneyText } from '../ui/numbers.ts'
import { Same } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { toneOfStatus } from '../ui/tone.ts'
import { ConversationView } from './conversation-view.tsx'
import { actionByPolicy, asDecision } from './decision.ts'
import { ExchangeFacts } from './exchange-facts.tsx'
import { conversationQuery, type Exchange, exchangeQuery } from './queries.ts'
import { RawBytes } from './raw-bytes.tsx'

const views = { conversation: 'Conversation', raw: 'Raw bytes' } as const

/** Why was it decided so, and what was said? */
export function ExchangePage() {
  const { exchange: id } = useParams({ strict: false }) as { exchange: string }
  const { view = 'conversation' } = useSearch({ strict: false }) as { view?: string }
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(exchangeQuery(id))
  if (error)
    return (
      <div className="p-4">
        <Problem error={error} what="The exchange" retry={refetch} />
      </div>
    )
  if (!data) return <Loading />
  return (
    <div className="flex flex-col lg:h-full">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5">
        <h1 className="font-mono text-base font-semibold">{id}</h1>
        <Summary exchange={data} />
        <span className="ml-auto flex flex-wrap items-center gap-2">
          <span role="tablist" aria-label="View" className="flex overflow-hidden rounded border border-line">
            {Object.entries(views).map(([name, title]) => (
              <button
                key={name}
                type="button"
                role="tab"
                aria-selected={view === name}
                onClick={() =>
                  navigate({ to: '.', search: ((before: object) => ({ ...before, view: name })) as never })
                }
                className={`h-7 px-2.5 whitespace-nowrap ${view === name ? 'bg-raised font-medium' : 'text-muted hover:bg-raised'}`}
              >
                {title}
              </button>
            ))}
          </span>
          <Link
            to={'/draft' as '/'}
            search={{ exchange: id } as never}
            className="underline decoration-line underline-offset-2 hover:decoration-current"
          >
            Test against a draft
          </Link>
          <Same
            cli={
              view === 'raw'
                ? data.bodies.map(({ side }) => `npx airs exchanges body ${id} ${side}`).join('\n')
                : `npx airs exchanges show ${id}`
            }
            api={
              view === 'raw'
                ? [`/v1/exchanges/${id}`, ...data.events.map((one) => `/v1/events/${one.id}?content=true`)]
                : [`/v1/exchanges/${id}`, `/v1/exchanges/${id}/conversation`]
            }
          />
        </span>
      </header>
      <div className="flex min-h-0 grow flex-col gap-4 p-4 lg:flex-row">
        <div className="flex h-[70vh] min-w-0 shrink-0 grow flex-col lg:h-auto lg:min-h-0 lg:shrink">
          {view === 'raw' ? <RawBytes exchange={data} /> : <Said exchange={data} />}
        </div>
        <aside aria-label="About this exchange" className="w-full shrink-0 lg:w-96 lg:overflow-y-auto">
          <ExchangeFacts exchange={data} />
        </aside>
      </div>
    </div>
  )
}

export function Summary({ exchange }: { exchange: Exchange }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      <ActionBadge action={exchange.decision} observed={exchange.policies.length > 0} />
      {exchange.status !== null && (
        <Badge tone={toneOfStatus(exchange.status)}>status {exchange.status}</Badge>
      )}
      {exchange.state !== 'completed' && <span>{exchange.state}</span>}
      {exchange.model && <span>{exchange.model}</span>}
      {exchange.durationMs !== null && <span>{durationText(exchange.durationMs)}</span>}
      {exchange.inputTokens !== null && (
        <span>
          {exactNumber(exchange.inputTokens)} + {exactNumber(exchange.outputTokens ?? 0)} tokens
        </span>
      )}
      {exchange.costUsdMicros !== null && <span>{moneyText(exchange.costUsdMicros)}</span>}
      {exchange.requestedAt && <Moment at={exchange.requestedAt} />}
    </span>
  )
}

/** What was said; a role that may not read it sees who may. */
export function Said({ exchange }: { exchange: Exchange }) {
  const refusal = useRefusal('read content')
  const { data, error, refetch } = useQuery({
    ...conversationQuery(exchange.exchange),
    enabled: refusal === undefined,
  })
  if (refusal)
    return (
      <Empty title="What was said is not shown">
        <p className="text-muted">{refusal} Decisions, findings and sizes are on this page.</p>
      </Empty>
    )
  if (error) return <Problem error={error} what="The conversation" retry={refetch} />
  if (!data) return <Loading rows={10} />
  const actions = actionByPolicy([
    asDecision(exchange.requestDecision),
    asDecision(exchange.responseDecision),
  ])
  return <ConversationView conversation={data} actions={actions} />
}
