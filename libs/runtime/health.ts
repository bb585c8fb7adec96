/** A reason why this process is not ready, or undefined when this part of it is. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined

export type Readiness = {
  ready: boolean
  checks: Record<string, { ready: boolean; reason?: string }>
  /** What a person should know although it is ready. */
  notes?: Record<string, string>
}

/**
 * Runs every check; one that throws is not ready, with the error's message as reason.
 * @param notes sentences that do not make it unready; undefined where there is nothing to say.
 */
export async function readiness(
  checks: Record<string, ReadinessCheck>,
  notes: Record<string, () => string | undefined> = {},
): Promise<Readiness> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const reason = await Promise.resolve()
        .then(check)
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      return [name, reason === undefined ? { ready: true } : { ready: false, reason }] as const
    }),
  )
  const present = Object.entries(notes).flatMap(([name, note]) => {
    const text = note()
    return text === undefined ? [] : [[name, text] as const]
  })
  return {
    ready: entries.every(([, check]) => check.ready),
    checks: Object.fromEntries(entries),
    ...(present.length > 0 && { notes: Object.fromEntries(present) }),
  }
}
