import type { EventEnvelope } from '@airs-cp/client'
import { formatNumberOf } from './format.ts'

type Data = Record<string, unknown>

/** What is worth a glance in an event, by the shape of its data: types that are newer than this command have facts too. */
export function eventFacts({ data }: Pick<EventEnvelope, 'data'>): string[] {
  const { request, decision, error, timing, usage, mcp } = data as Record<string, Data | undefined>
  const model = data.model ?? request?.model
  return [
    text(model),
    text(mcp?.method, (method) => [method, mcp?.name].filter(Boolean).join(' ')),
    text(data.provider, (provider) => `via ${provider}`),
    model === undefined && mcp === undefined ? text(request?.path) : undefined,
    text(data.name, (name) => (data.version === undefined ? name : `${name} v${data.version}`)),
    text(data.mode, (mode) => `mode ${mode}`),
    ...decisionFacts(decision),
    text(data.status, (status) => `status ${status}`),
    typeof error === 'object' ? text(error.code) : text(error),
    text(timing?.durationMs, (ms) => `${Math.round(Number(ms))} ms`),
    tokens(usage),
    text(data.kind, (kind) => `${kind} as ${data.format}`),
    text(data.rows, (rows) => formatNumberOf(Number(rows), 'row')),
    text(data.journal, (journal) => `journal ${journal} ${data.from}..${data.to}`),
    text(data.sha256, (digest) => `sha256 ${digest.slice(0, 12)}`),
    text(data.reason, (reason) => `"${reason}"`),
    text(data.actor, (actor) => `by ${actor}`),
  ].filter((fact) => fact !== undefined)
}

function decisionFacts(decision: Data | undefined): (string | undefined)[] {
  if (!decision) return []
  const { action, verdicts, findings } = decision
  const policies = (Array.isArray(verdicts) ? (verdicts as Data[]) : [])
    .filter((verdict) => verdict.action !== 'allow')
    .map(({ policy, action, enforced }) => (enforced ? String(policy) : `${policy} would ${action}`))
  const found = Array.isArray(findings) ? (findings as Data[]) : []
  return [
    text(action),
    policies.length > 0 ? `(${policies.join(', ')})` : undefined,
    found.length > 0 ? describeFindings(found) : undefined,
  ]
}

const mostTypes = 5

/** `3 findings (EMAIL 2, SSN)`. */
function describeFindings(findings: readonly Data[]): string {
  const types = [...Map.groupBy(findings, ({ type }) => String(type))].map(([type, of]) =>
    of.length > 1 && of.length < findings.length ? `${type} ${of.length}` : type,
  )
  const listed = types.slice(0, mostTypes).join(', ')
  const rest = types.length > mostTypes ? `, +${types.length - mostTypes}` : ''
  return `${formatNumberOf(findings.length, 'finding')} (${listed}${rest})`
}

function tokens(usage: Data | undefined): string | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined
  return `${usage.inputTokens ?? '?'}+${usage.outputTokens ?? '?'} tokens`
}

function text(value: unknown, write: (value: string) => string = (value) => value): string | undefined {
  const isScalar = typeof value === 'string' || typeof value === 'number'
  return isScalar && value !== '' ? write(String(value)) : undefined
}
