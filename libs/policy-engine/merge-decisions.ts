import type { Decision } from '@airs-cp/events'

/** One decision out of two by different policies on the same texts. `second` has only observed, so that `first` says what was done. */
export function mergeDecisions(first: Decision, second: Decision): Decision {
  const offset = first.findings.length
  return {
    ...first,
    verdicts: [
      ...first.verdicts,
      ...second.verdicts.map((verdict) => ({
        ...verdict,
        findings: verdict.findings.map((index) => index + offset),
      })),
    ],
    findings: [...first.findings, ...second.findings],
    scanned: {
      ...first.scanned,
      ...(second.scanned.secondStage && { secondStage: second.scanned.secondStage }),
      characters: Math.max(first.scanned.characters, second.scanned.characters),
      skipped: [...first.scanned.skipped, ...second.scanned.skipped],
    },
  }
}
