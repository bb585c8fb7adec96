import type { Client } from '@airs-cp/client'
import { openingTypes } from '@airs-cp/events'

type NewestRequest = {
  /** Another one as soon as another request was recorded. */
  mark: string
  time: string
}

/** The newest request that was recorded, admitted or not, however much else was recorded since; undefined where there never was one. */
export async function newestRequest({
  page,
}: Pick<Client['events'], 'page'>): Promise<NewestRequest | undefined> {
  const query = { order: 'descending', limit: 1, content: false } as const
  const pages = await Promise.all(openingTypes.map((type) => page({ ...query, type })))
  const newest = pages.flatMap(({ events }) => events.map(({ event }) => event))
  const time = newest
    .map((event) => event.time)
    .toSorted()
    .at(-1)
  return time === undefined ? undefined : { mark: newest.map(({ id }) => id).join(), time }
}
