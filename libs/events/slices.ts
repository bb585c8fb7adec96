/** Work that its caller may interrupt: each step takes a few milliseconds at most. */
export type Slices<Result> = Generator<undefined, Result, undefined>

/** Does all of it now. */
export function atOnce<Result>(slices: Slices<Result>): Result {
  for (let step = slices.next(); ; step = slices.next()) if (step.done) return step.value
}

/** A step of sliced work, which may be sliced itself. */
export type Step = (() => void) | (() => Slices<unknown> | undefined)

/** Does one step after the other. */
export function* inSteps(...steps: Step[]): Slices<void> {
  for (const step of steps) {
    const slices = step()
    if (slices) yield* slices
    yield
  }
}

/** @param take gets the result. */
export function* takenBy<Result>(slices: Slices<Result>, take: (result: Result) => void): Slices<void> {
  take(yield* slices)
}
