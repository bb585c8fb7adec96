/** Work that its caller may interrupt: each step takes a few milliseconds at most. */
export type Slices<Result> = Generator<undefined, Result, undefined>

/** Does all of it now. */
export function atOnce<Result>(slices: Slices<Result>): Result {
  for (let step = slices.next(); ; step = slices.next()) if (step.done) return step.value
}
