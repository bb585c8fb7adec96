import { z } from 'zod'
import type { Api } from './api.ts'
import { notFound } from './api-error.ts'

/** What the routes need of a service's dead letters; see `createDeadLetters` of the bus. */
type DeadLetterStore = {
  list(options: { replayed: boolean; limit: number }): Promise<unknown[]>
  replay(id: number): Promise<{ applied: boolean; error?: string } | undefined>
}

/** `/v1/dead-letters/<service>`: the events that a service could not apply, and another try for each. */
export function addDeadLetterRoutes({ route }: Api, service: string, store: DeadLetterStore): void {
  route(
    'get',
    `/v1/dead-letters/${service}`,
    {
      role: 'viewer',
      summary: 'Events that could not be applied, newest first, with the reason',
      query: z.object({
        replayed: z
          .enum(['true', 'false'])
          .default('false')
          .transform((value) => value === 'true'),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
    },
    async ({ query }) => ({ service, deadLetters: await store.list(query) }),
  )
  route(
    'post',
    `/v1/dead-letters/${service}/:id/replay`,
    {
      role: 'operator',
      summary: 'Try to apply an event again',
      params: z.object({ id: z.coerce.number().int().positive() }),
    },
    async ({ params }) => {
      const result = await store.replay(params.id)
      if (!result) throw notFound(`Dead letter ${params.id} of ${service}`)
      return result
    },
  )
}
