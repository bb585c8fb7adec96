/** Why a request's body could not be read. */
export class BodyError extends Error {
  override name = 'BodyError'
  readonly reason: 'too-large' | 'no-room' | 'client-left'

  constructor(reason: BodyError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** @param setting that says so. */
export function tooLarge(limitBytes: number, setting = 'AIRS_MAX_BODY_BYTES'): BodyError {
  return new BodyError('too-large', `The body is larger than the limit of ${limitBytes} bytes (${setting})`)
}

export function noRoom(): BodyError {
  return new BodyError(
    'no-room',
    'The bodies of all requests under way use the memory that they may have (AIRS_MAX_BYTES_IN_FLIGHT); try again shortly',
  )
}
