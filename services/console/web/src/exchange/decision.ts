/** A decision as the API sends it: of the ingress that made it, so later versions may know more. */
export type Finding = {
  detector: string
  type: string
  path?: string
  start?: number
  end?: number
  confidence?: number
  source?: string
  features?: { name: string; weight: number }[]
}

export type Verdict = {
  policy: string
  version: number
  mode: string
  action: string
  enforced: boolean
  findings: number[]
  message?: string
  owasp?: string[]
}

export type Decision = {
  action: string
  mode: string
  policySet: number
  verdicts: Verdict[]
  findings: Finding[]
  scanned: { characters: number; known?: number; skipped: unknown[] }
}

export function asDecision(value: unknown): Decision | null {
  return value && typeof value === 'object' ? (value as Decision) : null
}

/** What each policy did about what it found: the tone of its findings in the text. */
export function actionByPolicy(decisions: readonly (Decision | null)[]): Map<string, string> {
  return new Map(
    decisions.flatMap((decision) =>
      (decision?.verdicts ?? []).map(
        ({ policy, action, enforced }) => [policy, enforced ? action : 'observe'] as const,
      ),
    ),
  )
}
