import { text } from 'node:stream/consumers'
import type { ResponseOf } from './call.ts'
import { notAirsError } from './errors.ts'
import type { Transport } from './transport.ts'

export type Readiness = ResponseOf<'GET /readyz'>
export type ServiceReadiness = Readiness['services'][string]

/** Health of the whole, and the clock of whoever told it. */
export type ReadinessAnswer = Readiness & { date: Date | undefined }

/** Needs no token. */
export async function readReadiness({ base, open }: Transport): Promise<ReadinessAnswer> {
  const { status, headers, body } = await open('GET', '/readyz', { answerStatus: 503 })
  const readiness = parse(await text(body))
  if (!readiness) throw notAirsError(base, status)
  const { date } = headers
  return { ...readiness, date: typeof date === 'string' ? new Date(date) : undefined }
}

function parse(json: string): Readiness | undefined {
  try {
    const { ready, services } = JSON.parse(json) as Partial<Readiness>
    return typeof ready === 'boolean' && services ? { ready, services } : undefined
  } catch {
    return undefined
  }
}
