import { viewOf } from '@airs-cp/detectors'
import type { Decision, Finding, SecondStageReport } from '@airs-cp/events'

/** What a second stage says of passages that the first stage suspects. */
export type SecondOpinions = {
  /** Undefined where it has not judged the passage; then the first stage decides, and the passage is one to ask about. */
  confidenceOf(passage: string): number | undefined
  /** Undefined where nothing was suspected. */
  report(): SecondStageReport | undefined
}

/** A shorter text is judged whole: what a model of 512 tokens reads at once. */
const mostCharacters = 2_000
/** Of a longer text, what stands around the suspected words. */
const around = 400

/** What a second stage is asked about: the text as it reads, or of a long text the part that is suspected. */
export function passageOf(text: string, start: number, end: number): string {
  if (text.length <= mostCharacters) return viewOf(text).text
  const from = Math.max(0, start - around)
  const to = Math.min(text.length, Math.max(end + around, from + mostCharacters / 2))
  return viewOf(text.slice(from, to).toWellFormed()).text
}

const reasons: Record<NonNullable<SecondStageReport['reason']>, string | undefined> = {
  later: undefined,
  timeout: 'it had not responded in time',
  busy: 'too many passages were waiting for it',
  unavailable: 'it is not loaded',
}

/** Why the first stage decided alone, where a person should know. */
export function describeUnjudged({ asked, judged, reason }: SecondStageReport): string | undefined {
  const why = reason && reasons[reason]
  if (why === undefined) return undefined
  return `second stage: ${asked - judged} of ${asked} suspected passages were decided on by the first stage alone, since ${why}`
}

/**
 * What a second stage adds to the decision on a request that was made without it: what it found, and the verdicts of policies
 * that had not fired. Undefined where it adds nothing.
 */
export function addedBySecondStage(asked: Decision, reviewed: Decision): Decision | undefined {
  const fired = new Set(asked.verdicts.map(({ policy }) => policy))
  const places = new Map<number, number>()
  const findings: Finding[] = []
  for (const [index, finding] of reviewed.findings.entries()) {
    if (finding.firstStage === undefined) continue
    places.set(index, findings.length)
    findings.push({ ...finding, about: 'request' })
  }
  const verdicts = reviewed.verdicts
    .filter(({ policy }) => !fired.has(policy))
    .map((verdict) => ({
      ...verdict,
      findings: verdict.findings.flatMap((index) => places.get(index) ?? []),
    }))
    .filter(({ findings: own }) => own.length > 0)
  if (!reviewed.scanned.secondStage) return undefined
  const { secondStage, skipped } = reviewed.scanned
  return {
    ...reviewed,
    action: 'allow',
    verdicts,
    findings,
    scanned: { characters: 0, secondStage, skipped },
  }
}
