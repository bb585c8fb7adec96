/** A request cannot be put into the provider's format without losing something. Reported to the client with status 400. */
export class UntranslatableError extends Error {
  override name = 'UntranslatableError'
  readonly status = 400
  readonly code = 'unsupported_by_provider'
  /** The field, as the client wrote it: `messages[2].content[0].input_audio`. */
  readonly param: string

  constructor(param: string, reason: string) {
    super(`'${param}' cannot be translated for this provider: ${reason}.`)
    this.param = param
  }
}

/** The provider's response is not one of its format. Reported to the client with status 502. */
export class MalformedResponseError extends Error {
  override name = 'MalformedResponseError'
}
