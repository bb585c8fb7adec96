/** Why the journal refuses appends. */
export type UnavailableReason = 'disk-full' | 'limit-reached' | 'read-only' | 'io-error' | 'locked' | 'closed'

/** An append that is not on disk and never will be. The caller must refuse or end the exchange. */
export class JournalUnavailableError extends Error {
  readonly reason: UnavailableReason

  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'JournalUnavailableError'
    this.reason = reason
  }
}

/** A record that no segment can hold; it takes no sequence number and the journal stays available. */
export class RecordTooLargeError extends Error {
  constructor(bytes: number, limitBytes: number) {
    super(`Record of ${bytes} bytes is over the limit of ${limitBytes}; record large bodies by reference`)
    this.name = 'RecordTooLargeError'
  }
}
