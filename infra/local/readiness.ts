import { askReadiness } from '../ask-readiness.ts'
import { poll } from './poll.ts'
import { readinessReason } from './readiness-reason.ts'
import { StartError } from './start-error.ts'
import type { Supervised } from './supervised.ts'

export type Candidate = {
  /** Of the service, of which several may run in one process. */
  name: string
  process: Supervised
  /** Absent for a process that listens nowhere: it counts as ready while it runs. */
  url?: string
}

const limitMs = 120_000

export type ReadinessOptions = {
  signal?: AbortSignal
  /** A process that keeps dying is waited for too, because what it needs may be coming back. */
  isPatient?: boolean
}

/**
 * Waits until every process responds to `/readyz` with 200.
 * @throws StartError that says for each that does not what it gives as the reason, or how it died.
 */
export async function waitForReadiness(
  candidates: readonly Candidate[],
  { signal, isPatient = false }: ReadinessOptions = {},
): Promise<void> {
  const reasons = new Map<string, string>()
  await poll(
    async () => {
      await Promise.all(
        candidates.map(async (candidate) => {
          const { name } = candidate
          if (!isPatient && candidate.process.isCrashLooping) throw crashError(candidate.process)
          const reason = await reasonAgainst(candidate)
          if (reason === undefined) reasons.delete(name)
          else reasons.set(name, reason)
        }),
      )
      return reasons.size === 0 || undefined
    },
    {
      limitMs,
      intervalMs: 50,
      signal,
      late: () =>
        [
          'Not ready after two minutes:',
          ...[...reasons].map(([name, reason]) => `  ${name}: ${reason}`),
        ].join('\n'),
    },
  )
}

async function reasonAgainst({ process, url }: Candidate): Promise<string | undefined> {
  if (process.state !== 'running') return `is ${process.state}`
  if (url === undefined) return undefined
  try {
    const { status, body } = await askReadiness(url, 5_000)
    return status === 200 ? undefined : readinessReason(status, body)
  } catch (error) {
    return `${url}/readyz does not respond (${(error as Error).message})`
  }
}

function crashError(process: Supervised): StartError {
  const { name, logPath } = process.command
  const lines = process.crashLines().map((line) => `  ${line}`)
  return new StartError([`${name} does not start (${logPath}):`, ...lines].join('\n'))
}
