import { contract, type Service } from '@airs-cp/control-api'
import type { Api } from './api.ts'
import { notFound, otherService } from './api-error.ts'

type DeadLetter = {
  id: number
  projection: string
  eventId: string
  subject: string
  error: string
  failedAt: Date
  attempts: number
  replayedAt: Date | null
}

/** What the routes need of a service's dead letters; see `createDeadLetters` of the bus. */
type DeadLetterStore = {
  list(options: { replayed: boolean; limit: number }): Promise<DeadLetter[]>
  replay(id: number): Promise<{ applied: boolean; error?: string } | undefined>
}

/** `/v1/dead-letters/<service>`: the events that a service could not apply, and another try for each. */
export function addDeadLetterRoutes(api: Api, service: Service, store: DeadLetterStore): void {
  const refuseOther = (asked: Service) => {
    if (asked !== service) throw otherService(service, asked)
  }
  api.implement(contract.each.deadLetters, {
    'GET /v1/dead-letters/:service': async ({ params, query }) => {
      refuseOther(params.service)
      const deadLetters = await store.list({ limit: query.limit, replayed: query.replayed === 'true' })
      return { service, deadLetters }
    },
    'POST /v1/dead-letters/:service/:id/replay': async ({ params }) => {
      refuseOther(params.service)
      const result = await store.replay(params.id)
      if (!result) throw notFound(`Dead letter ${params.id} of ${service}`)
      return result
    },
  })
}
