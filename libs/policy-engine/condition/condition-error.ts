/** A condition that cannot be used, or not on these facts. */
export class ConditionError extends Error {
  override name = 'ConditionError'
  /** Offset in the expression. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}
