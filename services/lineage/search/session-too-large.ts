import { ApiError } from '@airs-cp/runtime'

/** What was asked for would not fit into memory. */
export class SessionTooLargeError extends Error {
  override name = 'SessionTooLargeError'
}

/** @throws ApiError 422 */
export async function orTooLarge<Found>(find: () => Promise<Found>): Promise<Found> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof SessionTooLargeError) throw new ApiError(422, 'session_too_large', error.message)
    throw error
  }
}
