/** A reason why this process is not ready, or undefined when this part of it is. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined

export type Readiness = { ready: boolean; checks: Record<string, { ready: boolean; reason?: string }> }

/** Runs every check; one that throws is not ready, with the error's message as reason. */
export async function readiness(checks: Record<string, ReadinessCheck>): Promise<Readiness> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const reason = await Promise.resolve()
        .then(check)
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      return [name, reason === undefined ? { ready: true } : { ready: false, reason }] as const
    }),
  )
  return { ready: entries.every(([, check]) => check.ready), checks: Object.fromEntries(entries) }
}
