import type { ReactNode } from 'react'
import { ActionBadge } from '../ui/badge.tsx'
import { Moment } from '../ui/moment.tsx'
import { durationText, exactNumber, moneyText, shortNumber } from '../ui/numbers.ts'
import { toneClass, toneOfStatus } from '../ui/tone.ts'
import type { FoundExchange } from './queries.ts'

export type Column = {
  name: string
  title: string
  /** In rem; what is left of the window goes to those that grow. */
  width: number
  grows?: true
  align?: 'right'
  cell: (row: FoundExchange) => ReactNode
}

const missing = <span className="text-muted">–</span>

/** Each column of the list; the first ones are shown unless a person chooses others. */
export const columns: readonly Column[] = [
  {
    name: 'time',
    title: 'Time',
    width: 5.5,
    cell: ({ requestedAt }) => (requestedAt ? <Moment at={requestedAt} /> : missing),
  },
  {
    name: 'decision',
    title: 'Decision',
    width: 7,
    cell: ({ decision, policies }) => <ActionBadge action={decision} observed={policies.length > 0} />,
  },
  {
    name: 'status',
    title: 'Status',
    width: 4,
    cell: ({ status, state }) =>
      status === null ? (
        <span className="text-muted">{state}</span>
      ) : (
        <span className={status >= 400 ? `${toneClass[toneOfStatus(status)]} toned` : ''}>{status}</span>
      ),
  },
  { name: 'agent', title: 'Agent', width: 6, grows: true, cell: ({ agent }) => agent ?? missing },
  { name: 'model', title: 'Model', width: 7, grows: true, cell: ({ model }) => model ?? missing },
  {
    name: 'findings',
    title: 'Findings',
    width: 8,
    grows: true,
    cell: ({ findingTypes }) =>
      findingTypes.length === 0 ? (
        missing
      ) : (
        <span className="font-mono text-sm">{findingTypes.join(' ')}</span>
      ),
  },
  {
    name: 'policies',
    title: 'Policies',
    width: 8,
    grows: true,
    cell: ({ policies }) => policies.join(', ') || missing,
  },
  {
    name: 'tokens',
    title: 'Tokens',
    width: 6,
    align: 'right',
    cell: ({ inputTokens, outputTokens }) =>
      inputTokens === null ? (
        missing
      ) : (
        <span title={`${exactNumber(inputTokens)} in, ${exactNumber(outputTokens ?? 0)} out`}>
          {shortNumber(inputTokens)} + {shortNumber(outputTokens ?? 0)}
        </span>
      ),
  },
  {
    name: 'cost',
    title: 'Cost',
    width: 5,
    align: 'right',
    cell: ({ costUsdMicros }) => (costUsdMicros === null ? missing : moneyText(costUsdMicros)),
  },
  {
    name: 'duration',
    title: 'Duration',
    width: 5,
    align: 'right',
    cell: ({ durationMs }) => (durationMs === null ? missing : durationText(durationMs)),
  },
  { name: 'session', title: 'Session', width: 8, grows: true, cell: ({ session }) => session ?? missing },
  { name: 'provider', title: 'Provider', width: 5, grows: true, cell: ({ provider }) => provider ?? missing },
  { name: 'key', title: 'Key', width: 5, grows: true, cell: ({ keyName }) => keyName ?? missing },
  { name: 'tags', title: 'Tags', width: 7, grows: true, cell: ({ tags }) => tags.join(', ') || missing },
  { name: 'error', title: 'Error', width: 7, grows: true, cell: ({ errorCode }) => errorCode ?? missing },
]

const usualColumns = 'time,decision,status,agent,model,findings,tokens,cost,duration,session'

export function chosenColumns(names: string | undefined): Column[] {
  const wanted = new Set((names ?? usualColumns).split(','))
  const chosen = columns.filter(({ name }) => wanted.has(name))
  return chosen.length > 0 ? chosen : chosenColumns(undefined)
}
