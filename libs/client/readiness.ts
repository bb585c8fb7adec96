import { text } from 'node:stream/consumers'
import type { ResponseOf } from './call.ts'
import { notAirsError } from './errors.ts'
import type { Transport } from './transport.ts'

export type Readiness = ResponseOf<'GET /readyz'>
export type ServiceReadiness = Readiness['services'][string]

/** Health of the whole, and the clock of the server that reported it. */
export type ReportedReadiness = Readiness & { date: Date | undefined }

/** Needs no token. */
export async function readReadiness({ base, open }: Transport): Promise<ReportedReadiness> {
  const { status, headers, body } = await open('GET', '/readyz', { errorStatus: 503 })
  const readiness = parse(await text(body))
  if (!readiness) throw notAirsError(base, status)
  const { date } = headers
  return { ...readiness, date: date === undefined ? undefined : new Date(date) }
}

function parse(json: string): Readiness | undefined {
  try {
    const { ready, environment, services } = JSON.parse(json) as Partial<Readiness>
    if (typeof ready !== 'boolean' || !services) return undefined
    return { ready, ...(typeof environment === 'string' && { environment }), services }
  } catch {
    return undefined
  }
}
