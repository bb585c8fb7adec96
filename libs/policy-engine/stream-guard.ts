import type { Detection, SpanDetector, SpanScan } from '@airs-cp/detectors'
import type { Action, Decision, Finding, TextSource, Verdict } from '@airs-cp/events'
import type { CompiledDetector, CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { createConditionFacts } from './condition-facts.ts'
import {
  type Block,
  blockOf,
  failedBlockOf,
  failureOf,
  interferes,
  isBlocking,
  isEnforced,
  isStronger,
  policiesFor,
  verdictOf,
} from './evaluate.ts'
import type { EvaluationContext } from './evaluation-context.ts'
import { addTool } from './find.ts'
import { createFindings } from './findings.ts'
import { byPlace, createPlaceholders, redactPart } from './redact.ts'
import type { Subject } from './scope.ts'

/**
 * Judges an answer while it streams. A channel is one string of the answer, such as the content of one choice.
 *
 * What it releases of a channel, joined, is what `evaluate` would make of the whole text, however it is cut; and no
 * released character belongs to a match of an enforcing policy. Text is held back only as far as a match may still be
 * forming; arguments of a call, where an enforcing policy judges them as such, until they are complete.
 */
export type StreamGuard = {
  /**
   * Takes the next piece of a channel.
   * @throws when the channel has ended: what went out of it can no longer be judged together with this.
   */
  push(channel: string, text: string, about?: Told): void
  /** A tool is called, whose arguments come in this channel. `told`: or have come elsewhere, and are this JSON. */
  call(channel: string, name: string, about?: Pick<Told, 'path'> & { told?: string | undefined }): void
  /** The channel is complete. */
  end(channel: string): void
  /** What may go out of a channel now. Only what is released counts as such, so all that goes out together is judged first. */
  release(channel: string): string
  /** Channels of which something is held back. */
  held(): string[]
  /** Set as soon as an enforcing policy blocks; then nothing more may be sent. */
  blockedBy(): Block | undefined
  /** The decision, once every channel has ended. */
  decision(): Decision
  /** Policies that only observe and can judge nothing but the whole answer: to be evaluated when it is there. */
  late: CompiledPolicySet
}

export type Told = {
  source?: TextSource
  /** Pointer to the string within the answer; the channel's name where it is not given. */
  path?: string
  /** These are arguments of a call. */
  isArguments?: boolean
}

type Channel = {
  path: string
  scans: Map<SpanDetector, { scan: SpanScan; finalTo: number }>
  source: TextSource
  /** Of a channel with the arguments of a call; empty as long as no name is told. */
  tool: string | undefined
  /** The call's arguments came elsewhere. */
  isToldElsewhere: boolean
  /** Text from `base` on. */
  text: string
  base: number
  /** Everything before it was released, or replaced. */
  usedTo: number
  length: number
  redacted: number
  ended: boolean
  /** To be redacted and not yet passed, in no order. */
  pending: Finding[]
}

/**
 * A guard for answers of such an exchange; undefined where an enforcing policy can only judge an answer as a whole. Without a
 * system prompt there is none to leak.
 */
export function createStreamGuard(
  set: CompiledPolicySet,
  subject: Subject,
  digestKey: string,
  context: EvaluationContext = {},
): StreamGuard | undefined {
  const prompts = context.systemPrompts?.() ?? []
  const inScope = policiesFor(set, 'response', subject).filter(
    ({ detectors }) =>
      prompts.length > 0 || detectors.some(({ kind }) => kind !== 'system-prompt') || detectors.length === 0,
  )
  const whole = inScope.filter((policy) => !isStreamable(policy))
  if (whole.some((policy) => interferes(set, policy))) return undefined

  const findings = createFindings(digestKey)
  const placeholder = createPlaceholders()
  const foundBy = new Map<CompiledPolicy, Set<number>>()
  const failed = new Map<CompiledPolicy, Verdict | undefined>()
  const skipped: Decision['scanned']['skipped'] = []
  const channels = new Map<string, Channel>()
  let blockedBy: Block | undefined

  const facts = createConditionFacts('response', subject, context)([])
  const policies = inScope.filter((policy) => isStreamable(policy) && applies(policy))
  const enforcing = new Set(policies.filter((policy) => interferes(set, policy)))
  const spanDetectors = [...new Set(policies.flatMap(spanDetectorsOf))]
  const decisive = new Set([...enforcing].flatMap(spanDetectorsOf))
  const keepsArguments = policies.some(judgesArguments)
  const holdsArguments = [...enforcing].some(judgesArguments)

  /** Whether a policy has still to look at the answer. What its condition decides alone is decided here. */
  function applies(policy: CompiledPolicy): boolean {
    try {
      if (policy.condition && !policy.condition.holds(facts)) return false
    } catch (error) {
      fail(policy, error)
      return false
    }
    if (policy.detectors.length === 0) fire(policy, undefined)
    return true
  }

  function fire(policy: CompiledPolicy, index: number | undefined): void {
    const found = foundBy.get(policy) ?? new Set()
    foundBy.set(policy, found)
    if (index !== undefined) found.add(index)
    if (interferes(set, policy) && isBlocking(policy.document.action)) block(blockOf(policy, {}))
  }

  function block(by: Block): void {
    if (!blockedBy || isStronger(by.action, blockedBy.action)) blockedBy = by
  }

  function fail(policy: CompiledPolicy, error: unknown): void {
    const enforced = isEnforced(set, policy)
    const closed = enforced && policy.document.onError === 'closed'
    skipped.push({ path: '', reason: failureOf(policy, closed, error) })
    failed.set(policy, closed ? { ...verdictOf(policy, true, []), action: 'block' } : undefined)
    if (closed) block(failedBlockOf(policy))
  }

  function channelOf(name: string, { source = 'model', path = name }: Told = {}): Channel {
    const known = channels.get(name)
    if (known) return known
    const opened: Channel = {
      path,
      scans: new Map(spanDetectors.map((detector) => [detector, { scan: detector.open(), finalTo: 0 }])),
      source,
      tool: undefined,
      isToldElsewhere: false,
      text: '',
      base: 0,
      usedTo: 0,
      length: 0,
      redacted: 0,
      ended: false,
      pending: [],
    }
    channels.set(name, opened)
    return opened
  }

  function scanOn(channel: Channel, step: (scan: SpanScan) => ReturnType<SpanScan['push']>): void {
    for (const [detector, state] of channel.scans) {
      try {
        const { finalTo, detections } = step(state.scan)
        state.finalTo = finalTo
        for (const detection of detections) heed(channel, detector, detection)
      } catch (error) {
        channel.scans.delete(detector)
        for (const policy of policies)
          if (!failed.has(policy) && spanDetectorsOf(policy).includes(detector)) fail(policy, error)
      }
    }
  }

  function heed(channel: Channel, detector: SpanDetector, detection: Detection): void {
    for (const policy of policies)
      for (const asked of policy.detectors) {
        if (asked.kind !== 'text' || asked.detector !== detector) continue
        if (detection.confidence < asked.threshold) continue
        if (asked.sources && !asked.sources.has(channel.source)) continue
        const text = channel.text.slice(detection.start - channel.base, detection.end - channel.base)
        const index = findings.add(detector.name, channel.path, text, detection, { source: channel.source })
        fire(policy, index)
        const finding = findings.all[index]!
        if (!enforcing.has(policy) || policy.document.action !== 'redact') continue
        if (!channel.pending.includes(finding)) channel.pending.push(finding)
      }
  }

  function judgeCall(path: string, name: string, text: string | undefined): void {
    for (const policy of policies)
      for (const asked of policy.detectors) {
        if (asked.kind !== 'tool-call' || !asked.rule.looksAt.has('called')) continue
        const type =
          text === undefined ? asked.rule.judgeName(name) : asked.rule.judgeArguments({ name, text })
        if (type) fire(policy, addTool(findings, { path, name, text: text ?? '' }, type, 'response'))
      }
  }

  function release(channel: Channel): string {
    if (blockedBy || (holdsArguments && channel.tool !== undefined && !channel.ended)) return ''
    const finals = [...channel.scans]
      .filter(([detector]) => decisive.has(detector))
      .map(([, { finalTo }]) => finalTo)
    const to = channel.ended ? channel.length : Math.min(channel.length, ...finals)
    if (to <= channel.usedTo) return ''
    const { text, usedTo, kept } = redactPart(
      channel.text,
      channel.base,
      channel.usedTo,
      to,
      channel.pending.sort(byPlace),
      placeholder,
    )
    channel.redacted += usedTo - channel.usedTo - kept
    channel.usedTo = usedTo
    channel.pending = channel.pending.filter(({ end, start }) => start >= to || end > usedTo)
    const keepFrom =
      keepsArguments && channel.tool !== undefined && !channel.ended
        ? 0
        : Math.min(usedTo, ...[...channel.scans.values()].map(({ finalTo }) => finalTo))
    channel.text = channel.text.slice(keepFrom - channel.base)
    channel.base = keepFrom
    return text
  }

  function verdicts(): Verdict[] {
    return inScope.flatMap((policy) => {
      const found = foundBy.get(policy)
      const indexes = [...(found ?? [])].sort((a, b) => a - b)
      const own = found ? [verdictOf(policy, isEnforced(set, policy), indexes)] : []
      const failure = failed.get(policy)
      return failure ? [...own, failure] : own
    })
  }

  return {
    push(name, text, about) {
      const channel = channelOf(name, about)
      if (channel.ended) throw new Error(`its string at ${channel.path} goes on after its end`)
      if (about?.isArguments) channel.tool ??= ''
      channel.text += text
      channel.length += text.length
      scanOn(channel, (scan) => scan.push(text))
    },
    call(name, tool, { told, path } = {}) {
      const channel = channelOf(name, path === undefined ? {} : { path })
      if (channel.tool !== tool) judgeCall(channel.path, tool, undefined)
      channel.tool = tool
      if (told === undefined) return
      channel.isToldElsewhere = true
      judgeCall(channel.path, tool, told)
    },
    end(name) {
      const channel = channels.get(name)
      if (!channel || channel.ended) return
      scanOn(channel, (scan) => scan.end())
      channel.scans.clear()
      channel.ended = true
      if (channel.tool === '') judgeCall(channel.path, '', undefined)
      if (channel.tool !== undefined && !channel.isToldElsewhere && keepsArguments)
        judgeCall(channel.path, channel.tool, channel.text)
    },
    release: (name) => release(channelOf(name)),
    held: () => [...channels].filter(([, { usedTo, length }]) => usedTo < length).map(([name]) => name),
    blockedBy: () => blockedBy,
    decision() {
      let action: Action = blockedBy?.action ?? 'allow'
      for (const policy of enforcing)
        if (foundBy.has(policy) && isStronger(policy.document.action, action)) action = policy.document.action
      const all = [...channels.values()]
      const total = (count: (channel: Channel) => number) =>
        all.reduce((sum, channel) => sum + count(channel), 0)
      const seen = total(({ length }) => length)
      return {
        action,
        mode: set.mode,
        policySet: set.version,
        verdicts: verdicts(),
        findings: findings.all,
        scanned: {
          characters: policies.length > 0 ? seen : 0,
          seen,
          redacted: total(({ redacted }) => redacted),
          withheld: total(({ length, usedTo }) => Math.max(0, length - usedTo)),
          skipped,
        },
      }
    },
    late: { ...set, policies: whole },
  }
}

/** Whether a policy can judge an answer piece by piece. */
function isStreamable({ detectors, condition }: CompiledPolicy): boolean {
  return (
    detectors.every((detector) => detector.kind === 'tool-call' || isSpan(detector)) &&
    !condition?.variables.has('findings') &&
    !condition?.variables.has('toolCalls')
  )
}

function judgesArguments({ detectors }: CompiledPolicy): boolean {
  return detectors.some((detector) => detector.kind === 'tool-call' && detector.rule.judgesArguments)
}

function spanDetectorsOf({ detectors }: CompiledPolicy): SpanDetector[] {
  return detectors.flatMap((detector) => (isSpan(detector) ? [detector.detector] : []))
}

function isSpan(detector: CompiledDetector): detector is CompiledDetector & { detector: SpanDetector } {
  return detector.kind === 'text' && detector.detector.kind === 'span'
}
