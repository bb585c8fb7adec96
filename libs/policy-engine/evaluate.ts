import type { Detection, Detector } from '@airs-cp/detectors'
import { type Action, actions, type Decision, type Finding, type Verdict } from '@airs-cp/events'
import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { createFindings } from './findings.ts'
import { byPlace, createPlaceholders, redactPart } from './redact.ts'
import { inScope, type Subject } from './scope.ts'

export type Direction = 'request' | 'response'
export type EvaluatedText = { path: string; text: string }

/** A policy's judgement on one direction of an exchange. */
export type Evaluation = {
  decision: Decision
  /** The texts that enforcing policies rewrite. Empty unless `decision.action` is `redact`. */
  edits: EvaluatedText[]
  /** The policy that blocks, when `decision.action` is `block`. */
  blockedBy?: { policy: string; message: string }
}

/**
 * Decides on one direction of an exchange: pure and synchronous.
 *
 * Every policy in scope speaks and every finding is kept; the strongest action among the policies that enforce is
 * what is done, and only where the set's mode is `enforce`. In mode `off` nothing is looked at. A policy that fails
 * to evaluate blocks or lets pass as its `onError` says, and the decision tells which.
 * @param digestKey keys the digests of findings, so that equal values can be told equal but not guessed.
 */
export function evaluate(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
  texts: EvaluatedText[],
  digestKey: string,
): Evaluation {
  if (set.mode === 'off') return { decision: unscanned(set, texts, 'the kill switch is on'), edits: [] }
  const policies = policiesFor(set, direction, subject)
  if (policies.length === 0) return { decision: unscanned(set, texts, 'no policy is in scope'), edits: [] }

  const findings = createFindings(digestKey)
  const scan = createScanner()
  const verdicts: Verdict[] = []
  const redacted = new Set<number>()
  const skipped: Decision['scanned']['skipped'] = []
  let action: Action = 'allow'
  let blockedBy: Evaluation['blockedBy']
  for (const policy of policies) {
    const enforced = set.mode === 'enforce' && policy.document.mode === 'enforce'
    let found: number[]
    try {
      found = texts.flatMap((text) =>
        policy.detectors.flatMap(({ detector, threshold }) =>
          scan(detector, text)
            .filter((detection) => detection.confidence >= threshold)
            .map((detection) =>
              findings.add(
                detector.name,
                text.path,
                text.text.slice(detection.start, detection.end),
                detection,
              ),
            ),
        ),
      )
    } catch (error) {
      const closed = enforced && policy.document.onError === 'closed'
      skipped.push({ path: '', reason: failureOf(policy, closed, error) })
      if (!closed) continue
      verdicts.push({ ...verdictOf(policy, true, []), action: 'block' })
      blockedBy ??= {
        policy: policy.document.name,
        message: `Policy ${policy.document.name} could not be evaluated`,
      }
      action = 'block'
      continue
    }
    if (found.length === 0) continue
    verdicts.push(verdictOf(policy, enforced, found))
    if (!enforced) continue
    if (policy.document.action === 'redact') for (const index of found) redacted.add(index)
    if (policy.document.action === 'block') blockedBy ??= blockOf(policy)
    if (actions.indexOf(policy.document.action) > actions.indexOf(action)) action = policy.document.action
  }
  return {
    decision: {
      action,
      mode: set.mode,
      policySet: set.version,
      verdicts,
      findings: findings.all,
      scanned: { characters: texts.reduce((sum, { text }) => sum + text.length, 0), skipped },
    },
    edits: action === 'redact' ? redactTexts(texts, findings.all, redacted) : [],
    ...(blockedBy && { blockedBy }),
  }
}

/** Whether any policy looks at that direction of such an exchange. */
export function looksAt(set: CompiledPolicySet, direction: Direction, subject: Subject): boolean {
  return set.mode !== 'off' && policiesFor(set, direction, subject).length > 0
}

/** Whether any policy could change or block that direction of such an exchange, so that it has to be held. */
export function enforces(set: CompiledPolicySet, direction: Direction, subject: Subject): boolean {
  return (
    set.mode === 'enforce' &&
    policiesFor(set, direction, subject).some(
      ({ document }) => document.mode === 'enforce' && document.action !== 'allow',
    )
  )
}

export function policiesFor(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
): CompiledPolicy[] {
  return set.policies.filter(
    ({ document }) =>
      document.mode !== 'off' && document.direction.includes(direction) && inScope(document.scope, subject),
  )
}

function unscanned(set: CompiledPolicySet, texts: EvaluatedText[], reason: string): Decision {
  return {
    action: 'allow',
    mode: set.mode,
    policySet: set.version,
    verdicts: [],
    findings: [],
    scanned: { characters: 0, skipped: texts.length > 0 ? [{ path: '', reason }] : [] },
  }
}

export function verdictOf(
  { document, version }: CompiledPolicy,
  enforced: boolean,
  findings: number[],
): Verdict {
  const { name, action, message, owasp } = document
  return {
    policy: name,
    version,
    mode: document.mode as 'observe' | 'enforce',
    action,
    enforced,
    findings,
    ...(message !== undefined && { message }),
    ...(owasp && { owasp }),
  }
}

export function blockOf({ document }: CompiledPolicy): { policy: string; message: string } {
  return { policy: document.name, message: document.message ?? `Blocked by policy ${document.name}` }
}

function failureOf({ document }: CompiledPolicy, closed: boolean, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return `policy ${document.name} failed ${closed ? 'closed' : 'open'}: ${reason}`
}

/** Runs each detector once per text, however many policies ask for it. */
function createScanner(): (detector: Detector, text: EvaluatedText) => Detection[] {
  const seen = new Map<Detector, Map<EvaluatedText, Detection[]>>()
  return (detector, text) => {
    const byText = seen.get(detector) ?? new Map<EvaluatedText, Detection[]>()
    const detections = byText.get(text) ?? detector.detect(text.text)
    seen.set(detector, byText.set(text, detections))
    return detections
  }
}

/** Every text that holds a chosen finding, with those findings replaced. */
function redactTexts(texts: EvaluatedText[], findings: Finding[], chosen: Set<number>): EvaluatedText[] {
  const placeholder = createPlaceholders()
  return texts.flatMap(({ path, text }) => {
    const here = findings.filter((finding, index) => chosen.has(index) && finding.path === path).sort(byPlace)
    if (here.length === 0) return []
    return [{ path, text: redactPart(text, 0, 0, text.length, here, placeholder).text }]
  })
}
