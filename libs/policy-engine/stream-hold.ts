import { injectionWindowWords } from '@airs-cp/detectors'
import type { HeldPart } from '@airs-cp/events'
import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { compileCondition } from './condition/compile-condition.ts'
import { createConditionFacts } from './condition-facts.ts'
import type { PolicyDocument } from './document.ts'
import { interferes, isBlocking, policiesFor } from './evaluate.ts'
import type { EvaluationContext } from './evaluation-context.ts'
import type { Subject } from './scope.ts'
import { noTools } from './tool-calls/tool-use.ts'

/** What of a streamed response waits for a policy that enforces, beyond text that may still become a match. */
export type StreamHold = Omit<HeldPart, 'policies'>

type Rules = {
  document: Pick<CompiledPolicy['document'], 'detectors' | 'action' | 'direction'>
  condition: Pick<NonNullable<CompiledPolicy['condition']>, 'variables'> | undefined
}

/**
 * | the policy                                                      | what waits, and for what                     |
 * |-----------------------------------------------------------------|----------------------------------------------|
 * | has a condition on `findings` or `toolCalls`, and looks at text | the whole response                           |
 * | has one, looks at no text, and blocks                           | calls of tools, for the end of the response  |
 * | looks at arguments of tools                                     | those, until they are complete               |
 * | looks for injections                                            | the last words, which are judged in windows  |
 */
export function streamHoldsOf({
  document: { detectors, action, direction },
  condition,
}: Rules): StreamHold[] {
  if (!direction.includes('response') || action === 'allow') return []
  if (isWholeCondition(condition)) {
    const looksAtText = detectors.some(({ detector }) => detector !== 'tool-call')
    return [{ what: looksAtText || !isBlocking(action) ? 'response' : 'calls' }]
  }
  const holds: StreamHold[] = []
  if (detectors.some((rule) => rule.detector === 'tool-call' && rule.arguments))
    holds.push({ what: 'arguments' })
  if (detectors.some(({ detector }) => detector === 'injection'))
    holds.push({ what: 'words', words: injectionWindowWords })
  return holds
}

/** A condition that can be decided only when all of the response is there. */
function isWholeCondition(condition: Rules['condition']): boolean {
  return (
    condition !== undefined && (condition.variables.has('findings') || condition.variables.has('toolCalls'))
  )
}

/** The enforcing policies that can only judge a response as a whole, so that a stream is held for them. */
export function wholeJudges(
  set: CompiledPolicySet,
  subject: Subject,
  context: EvaluationContext = {},
): CompiledPolicy[] {
  const noCalls = createConditionFacts('response', subject, { ...context, tools: () => noTools })([])
  return policiesFor(set, 'response', subject).filter(
    (policy) => interferes(set, policy) && holdsOf(policy, noCalls).some(({ what }) => what === 'response'),
  )
}

/** One without detectors, whose condition is true of a response that calls nothing, is about all of it. */
export function holdsOf(policy: CompiledPolicy, noCalls: Record<string, unknown>): StreamHold[] {
  const holds = streamHoldsOf(policy)
  if (policy.detectors.length > 0 || !holds.some(({ what }) => what === 'calls')) return holds
  try {
    return policy.condition!.holds(noCalls) ? [{ what: 'response' }] : holds
  } catch {
    return [{ what: 'response' }]
  }
}

/** What is held, and for which policies. */
export function heldBy(
  policies: readonly CompiledPolicy[],
  holdsOfPolicy: (policy: CompiledPolicy) => readonly StreamHold[],
): HeldPart[] {
  const parts = new Map<StreamHold['what'], HeldPart>()
  for (const policy of policies)
    for (const hold of holdsOfPolicy(policy)) {
      const part = parts.get(hold.what) ?? { ...hold, policies: [] }
      part.policies.push(policy.document.name)
      parts.set(hold.what, part)
    }
  return [...parts.values()]
}

/** For whoever applies a policy: what it costs that is easily overlooked. */
export function warningsOf(document: PolicyDocument): string[] {
  if (document.mode === 'off') return []
  const condition = document.when === undefined ? undefined : compileCondition(document.when)
  return streamHoldsOf({ document, condition })
    .filter(({ what }) => what !== 'arguments')
    .map(describeStreamHold)
}

function describeStreamHold({ what, words }: StreamHold): string {
  switch (what) {
    case 'response':
      return 'While it enforces, streamed responses are held until they are complete: the first word reaches the client when the last one has come. Its condition on findings or toolCalls can be decided only then'
    case 'calls':
      return 'While it enforces, calls of tools in a stream wait for the end of the response; text before them flows'
    case 'arguments':
      return 'While it enforces, the arguments of a streamed call wait until they are complete; text flows'
    case 'words':
      return `While it enforces, a streamed response is judged in windows of up to ${words} words, so that the client gets each word some ${words} words later`
  }
}
