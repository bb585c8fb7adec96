/** An event that is on disk, and that JetStream has not acknowledged in time; it will be shipped when it can be. */
export class NotReplicatedError extends Error {
  constructor(journal: string, sequence: number, timeoutMs: number) {
    super(`JetStream did not acknowledge event ${sequence} of ${journal} within ${timeoutMs} ms`)
    this.name = 'NotReplicatedError'
  }
}
