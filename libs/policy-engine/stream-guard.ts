import type { Detector, SpanDetector, SpanScan } from '@airs-cp/detectors'
import { type Action, actions, type Decision, type Finding } from '@airs-cp/events'
import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { blockOf, type Evaluation, policiesFor, verdictOf } from './evaluate.ts'
import { createFindings } from './findings.ts'
import { byPlace, createPlaceholders, redactPart } from './redact.ts'
import type { Subject } from './scope.ts'

/**
 * Judges an answer while it streams. A channel is one string of the answer, such as the content of one choice.
 *
 * What it releases of a channel, joined, is what `evaluate` would make of the whole text, however it is cut; and no
 * released character belongs to a match of an enforcing policy. Text is held back only as far as a match may still be
 * forming.
 */
export type StreamGuard = {
  /** Takes the next piece of a channel. `hold`: nothing of this channel is released before its end. */
  push(channel: string, text: string, hold?: boolean): string
  /** The channel is complete: releases what is left of it. */
  end(channel: string): string
  /** Channels of which something is held back. */
  held(): string[]
  /** Set as soon as an enforcing policy blocks; then nothing more may be sent. */
  blockedBy(): Evaluation['blockedBy']
  /** The decision, once every channel has ended. */
  decision(): Decision
}

type Channel = {
  scans: Map<SpanDetector, { scan: SpanScan; finalTo: number }>
  /** Text from `base` on. */
  text: string
  base: number
  /** Everything before it was released, or replaced. */
  usedTo: number
  length: number
  ended: boolean
  /** To be redacted and not yet passed, in no order. */
  pending: Finding[]
}

/** A guard for answers of such an exchange; undefined where a policy can only judge an answer as a whole. */
export function createStreamGuard(
  set: CompiledPolicySet,
  subject: Subject,
  digestKey: string,
): StreamGuard | undefined {
  const policies = policiesFor(set, 'response', subject)
  const detectors = new Set(policies.flatMap((policy) => policy.detectors.map(({ detector }) => detector)))
  if (![...detectors].every(isSpanDetector)) return undefined
  const spanDetectors = [...detectors].filter(isSpanDetector)
  const enforcing = policies.filter(
    ({ document }) => set.mode === 'enforce' && document.mode === 'enforce' && document.action !== 'allow',
  )
  const decisive = new Set(enforcing.flatMap((policy) => policy.detectors.map(({ detector }) => detector)))
  const findings = createFindings(digestKey)
  const placeholder = createPlaceholders()
  const foundBy = new Map<CompiledPolicy, Set<number>>()
  const channels = new Map<string, Channel>()
  let blockedBy: Evaluation['blockedBy']

  function channelOf(name: string): Channel {
    const known = channels.get(name)
    if (known) return known
    const opened: Channel = {
      scans: new Map(spanDetectors.map((detector) => [detector, { scan: detector.open(), finalTo: 0 }])),
      text: '',
      base: 0,
      usedTo: 0,
      length: 0,
      ended: false,
      pending: [],
    }
    channels.set(name, opened)
    return opened
  }

  function scanOn(
    name: string,
    channel: Channel,
    step: (scan: SpanScan) => ReturnType<SpanScan['push']>,
  ): void {
    for (const [detector, state] of channel.scans) {
      const { finalTo, detections } = step(state.scan)
      state.finalTo = finalTo
      for (const detection of detections)
        for (const policy of policies)
          for (const heeded of policy.detectors)
            if (heeded.detector === detector && detection.confidence >= heeded.threshold)
              found(name, channel, policy, detector, detection)
    }
  }

  function found(
    name: string,
    channel: Channel,
    policy: CompiledPolicy,
    detector: SpanDetector,
    detection: ReturnType<SpanDetector['detect']>[number],
  ): void {
    const text = channel.text.slice(detection.start - channel.base, detection.end - channel.base)
    const index = findings.add(detector.name, name, text, detection)
    foundBy.set(policy, (foundBy.get(policy) ?? new Set()).add(index))
    if (!enforcing.includes(policy)) return
    if (policy.document.action === 'block') blockedBy ??= blockOf(policy)
    const finding = findings.all[index]!
    if (policy.document.action === 'redact' && !channel.pending.includes(finding))
      channel.pending.push(finding)
  }

  function release(channel: Channel): string {
    if (blockedBy) return ''
    const finals = [...channel.scans]
      .filter(([detector]) => decisive.has(detector))
      .map(([, { finalTo }]) => finalTo)
    const to = channel.ended ? channel.length : Math.min(channel.length, ...finals)
    if (to <= channel.usedTo) return ''
    const { text, usedTo } = redactPart(
      channel.text,
      channel.base,
      channel.usedTo,
      to,
      channel.pending.sort(byPlace),
      placeholder,
    )
    channel.usedTo = usedTo
    channel.pending = channel.pending.filter(({ end, start }) => start >= to || end > usedTo)
    const keepFrom = Math.min(usedTo, ...[...channel.scans.values()].map(({ finalTo }) => finalTo))
    channel.text = channel.text.slice(keepFrom - channel.base)
    channel.base = keepFrom
    return text
  }

  return {
    push(name, text, hold = false) {
      const channel = channelOf(name)
      channel.text += text
      channel.length += text.length
      scanOn(name, channel, (scan) => scan.push(text))
      return hold ? '' : release(channel)
    },
    end(name) {
      const channel = channelOf(name)
      if (channel.ended) return ''
      scanOn(name, channel, (scan) => scan.end())
      channel.ended = true
      return release(channel)
    },
    held: () => [...channels].filter(([, { usedTo, length }]) => usedTo < length).map(([name]) => name),
    blockedBy: () => blockedBy,
    decision() {
      let action: Action = 'allow'
      for (const policy of enforcing)
        if (foundBy.has(policy) && actions.indexOf(policy.document.action) > actions.indexOf(action))
          action = policy.document.action
      return {
        action,
        mode: set.mode,
        policySet: set.version,
        verdicts: policies
          .filter((policy) => foundBy.has(policy))
          .map((policy) =>
            verdictOf(
              policy,
              set.mode === 'enforce' && policy.document.mode === 'enforce',
              [...foundBy.get(policy)!].sort((a, b) => a - b),
            ),
          ),
        findings: findings.all,
        scanned: {
          characters: [...channels.values()].reduce((sum, { length }) => sum + length, 0),
          skipped: [],
        },
      }
    },
  }
}

function isSpanDetector(detector: Detector): detector is SpanDetector {
  return detector.kind === 'span'
}
