import { askReadiness } from '../ask-readiness.ts'
import { poll } from './poll.ts'
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

type Check = { ready?: boolean; reason?: string; checks?: Record<string, Check> }

/** What `/readyz` gives as the reason: of a service its checks, of the control origin the services it waits for. */
export function readinessReason(status: number, body: string): string {
  const response = parse(body)
  const services = notReady(response?.services).map(([name]) => name)
  if (services.length > 0) return `waits for ${services.join(', ')}`
  const checks = notReady(response?.checks).map(([name, { reason }]) => `${name}: ${reason ?? 'not ready'}`)
  return checks.length > 0 ? checks.join('; ') : `/readyz says ${status} ${body.slice(0, 200)}`
}

function notReady(checks: Record<string, Check> = {}): [string, Check][] {
  return Object.entries(checks).filter(([, { ready }]) => ready === false)
}

function parse(
  body: string,
): { checks?: Record<string, Check>; services?: Record<string, Check> } | undefined {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
