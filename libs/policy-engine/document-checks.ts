import { createPatternTest, formerSecretTypes, piiTypes, secretTypes } from '@airs-cp/detectors'
import { didYouMean } from '@airs-cp/events'
import type { z } from 'zod'
import { compileCondition } from './condition/compile-condition.ts'
import { ConditionError } from './condition/condition-error.ts'
import { parseJsonPath } from './tool-calls/json-path.ts'

type Context = Pick<z.core.$RefinementCtx<unknown>, 'addIssue'>

const typesOf: Record<'pii' | 'secrets', readonly string[]> = { pii: piiTypes, secrets: secretTypes }

export function knownTypes(detector: keyof typeof typesOf) {
  return (types: string[], context: Context): void => {
    for (const [index, type] of types.entries()) {
      if (typesOf[detector].includes(type)) continue
      if (detector === 'secrets' && type in formerSecretTypes) continue
      const known = detector === 'pii' ? typesOf.pii.join(', ') : nearest(type, typesOf.secrets)
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `there is no type ${type}${didYouMean(type, typesOf[detector])}; known are ${known}`,
      })
    }
  }
}

export function re2Pattern(pattern: string, context: Context): void {
  try {
    createPatternTest(pattern)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
}

export function jsonPath(path: string, context: Context): void {
  try {
    parseJsonPath(path)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
}

/** `params.offset` reports the place in the expression. */
export function checkedCondition(expression: string, context: Context): void {
  try {
    compileCondition(expression)
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error
    const { offset, message } = error
    const rest = expression.slice(offset).split('\n')[0]!.trim()
    const at =
      rest === '' ? 'at the end' : `at ${JSON.stringify(rest.length > 40 ? `${rest.slice(0, 40)}…` : rest)}`
    context.addIssue({ code: 'custom', message: `${message}, ${at}`, params: { offset } })
  }
}

type Draft = {
  action: string
  detectors: { detector: string; allow?: unknown; deny?: unknown; arguments?: unknown; sources?: unknown }[]
  direction: string[]
  when?: string | undefined
  mcp?: unknown
  throttle?: unknown
  reversible?: boolean | undefined
  quarantine?: string | undefined
  onUnscanned?: string
  record?: string | undefined
}

/** What fields must be, given the others. */
export function checkDocument(document: Draft, context: Context): void {
  const { action, detectors, direction, when, throttle, reversible } = document
  const { quarantine, onUnscanned, mcp, record } = document
  const wrong = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const isEmpty = detectors.length === 0 && when === undefined && !throttle && !mcp && !record
  if (isEmpty && onUnscanned !== 'block')
    wrong(
      [],
      'a policy needs detectors, a condition (when), a limit (throttle), mcp, onUnscanned: block, or record',
    )
  if (mcp && action === 'redact')
    wrong(['action'], 'a call of a tool cannot be redacted; use block, or detectors in another policy')
  if (record === 'redacted' && detectors.length === 0)
    wrong(['record'], 'redacted needs detectors, which say what is masked; use digests to record no content')
  if (action === 'throttle' && !throttle)
    wrong(['action'], 'action throttle needs a limit, such as throttle: { requests: 60, perSeconds: 60 }')
  if (action !== 'throttle' && throttle) wrong(['throttle'], 'a limit goes with action: throttle')
  if (action === 'throttle' && direction.includes('response'))
    wrong(['action'], 'only requests can be throttled; say direction: [request]')
  if (quarantine && action !== 'quarantine') wrong(['quarantine'], 'quarantine goes with action: quarantine')
  if (reversible && action !== 'redact') wrong(['reversible'], 'reversible goes with action: redact')
  if (reversible && !direction.includes('request'))
    wrong(
      ['reversible'],
      'what is taken out of a request can be put back into its response; say direction: [request]',
    )
  if (action === 'redact' && detectors.length === 0)
    wrong(['action'], 'redact needs detectors, which say what is taken out')
  for (const [index, rule] of detectors.entries()) {
    if (rule.detector === 'tool-call' && action === 'redact')
      wrong(['detectors', index], 'a call of a tool cannot be redacted; use block, or another detector')
    if (rule.detector === 'tool-call' && !rule.allow && !rule.deny && !rule.arguments)
      wrong(['detectors', index], 'tool-call needs allow, deny or arguments')
    if (rule.detector === 'system-prompt' && !direction.includes('response'))
      wrong(['detectors', index], 'system-prompt looks at responses; say direction: [response]')
  }
}

/** The names that share the most with what was written, so that a list of two hundred need not be read. */
function nearest(type: string, known: readonly string[]): string {
  const parts = type
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const shared = (name: string) => parts.filter((part) => name.includes(part)).length
  const alike = known.filter((name) => shared(name) > 0).sort((a, b) => shared(b) - shared(a))
  return [...alike, ...known.filter((name) => !alike.includes(name))].slice(0, 12).join(', ').concat(', …')
}
