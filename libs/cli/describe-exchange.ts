import type { ExchangeDetails } from '@airs-cp/client'
import type { Context } from './context.ts'
import { formatBytes, formatInstant } from './format.ts'
import { printable } from './printable.ts'
import { formatTable } from './table.ts'

type Decision = {
  action: string
  mode: string
  policySet: number
  verdicts: { policy: string; version: number; action: string; enforced: boolean; message?: string }[]
  findings: { type: string; path: string; about?: 'request' }[]
  scanned: { skipped: { path: string; reason: string }[]; secondStage?: { asked: number; judged: number } }
}

/** Who asked whom and when, and what was decided by which policy. */
export function describeExchange(details: ExchangeDetails, paint: Context['paint']): string {
  const { requestedAt, endedAt, durationMs, inputTokens, outputTokens, costUsdMicros } = details
  const key = [details.keyName, details.keyId].filter(Boolean).join(', ')
  const facts: [string, string | null][] = [
    ['exchange', details.exchange],
    ['state', [details.state, details.status, details.errorCode].filter((it) => it !== null).join(' ')],
    ['requested', requestedAt && formatInstant(requestedAt)],
    [
      'ended',
      endedAt &&
        `${formatInstant(endedAt)}${durationMs === null ? '' : `, after ${Math.round(durationMs)} ms`}`,
    ],
    ['session', details.session],
    ['client key', key || null],
    ['credential', details.credential],
    ['agent', details.agent],
    ['tags', details.tags.join(', ') || null],
    ['model', modelOf(details)],
    ['provider', details.provider],
    ['attempts', details.attempts.length > 1 ? details.attempts.map(attemptText).join(', then ') : null],
    ['route', [details.path, details.format].filter(Boolean).join(', ') || null],
    [
      'tokens',
      inputTokens === null && outputTokens === null ? null : `${inputTokens ?? '?'}+${outputTokens ?? '?'}`,
    ],
    ['cost', costUsdMicros === null ? null : `${(costUsdMicros / 1e6).toFixed(6)} USD`],
    ['bodies', details.bodies.map(({ side, bytes }) => `${side} ${formatBytes(bytes)}`).join(', ') || null],
  ]
  const rows = facts.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [[paint('bold', name), printable(value)]],
  )
  return [
    formatTable(rows),
    ...describeDecision('request', details.requestDecision as Decision | null, paint),
    ...describeDecision('response', details.responseDecision as Decision | null, paint),
  ].join('\n')
}

function attemptText({ provider, status, error, durationMs }: ExchangeDetails['attempts'][number]): string {
  return `${provider} ${[status, error].filter((it) => it !== undefined).join(' ')} in ${Math.round(durationMs)} ms`
}

function modelOf({ model, responseModel }: ExchangeDetails): string | null {
  if (responseModel === null || responseModel === model) return model
  return model === null ? responseModel : `${model} (response by ${responseModel})`
}

function describeDecision(side: string, decision: Decision | null, paint: Context['paint']): string[] {
  if (!decision) return []
  const { action, mode, policySet, verdicts, findings, scanned } = decision
  const nameOf = ({ type, about }: (typeof findings)[number]) => (about ? `${type} in the request` : type)
  const types = [...Map.groupBy(findings, nameOf)].map(([name, of]) => `${name} ${of.length}`)
  return [
    '',
    `${paint('bold', `decision on the ${side}`)}: ${action}, mode ${mode}, policy set ${policySet}`,
    ...verdicts
      .filter((verdict) => verdict.action !== 'allow')
      .map(({ policy, version, action: asked, enforced, message }) =>
        printable(
          `  ${policy} v${version}: ${enforced ? asked : `would ${asked}`}${message === undefined ? '' : `: ${message}`}`,
        ),
      ),
    ...(types.length > 0 ? [printable(`  found: ${types.join(', ')}`)] : []),
    ...(scanned.secondStage
      ? [
          `  second stage: judged ${scanned.secondStage.judged} of ${scanned.secondStage.asked} suspected passages`,
        ]
      : []),
    ...scanned.skipped
      .slice(0, 10)
      .map(({ path, reason }) => printable(`  not scanned: ${path === '' ? 'all of it' : path}: ${reason}`)),
  ]
}
