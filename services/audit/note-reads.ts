import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { type ContentRead, eventTypes } from '@airs-cp/events'
import { ApiError, type Caller } from '@airs-cp/runtime'

/**
 * Records that somebody reads content, before they get it. Where nothing is read, nothing is recorded.
 * @throws ApiError 503 when it cannot be recorded.
 */
export type NoteRead = (
  caller: Caller,
  read: Pick<ContentRead, 'what'> & { ids: readonly string[] },
) => Promise<void>

export function createNoteRead(bus: Bus): NoteRead {
  return async ({ name: actor, role }, { what, ids }) => {
    if (ids.length === 0) return
    const data = { actor, role, what, ids: ids.slice(0, 1_000) }
    await appendControlEvent(bus, '/airs/audit', eventTypes.contentRead, data).catch((cause) => {
      throw new ApiError(
        503,
        'read_unrecorded',
        `Reading content is recorded, and that failed: ${cause.message}`,
      )
    })
  }
}
