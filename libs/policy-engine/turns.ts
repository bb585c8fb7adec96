import type { Slices } from '@airs-cp/events'

/** After so long others have their turn. */
export const turnMs = 4

/**
 * Does sliced work, and lets others on this thread go on before it and in between: what led to it may have taken long already. Of all
 * that is done so, one has its turn in each round of the event loop.
 */
export async function inTurns<Result>(
  slices: Slices<Result>,
  pause: () => Promise<void> = turn,
): Promise<Result> {
  await pause()
  let begun = performance.now()
  for (let step = slices.next(); ; step = slices.next()) {
    if (step.done) return step.value
    if (performance.now() - begun < turnMs) continue
    await pause()
    begun = performance.now()
  }
}

const waiting: (() => void)[] = []

/** Lets others on this thread have their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeNext)
  })
}

function resumeNext(): void {
  waiting.shift()!()
  if (waiting.length > 0) setImmediate(resumeNext)
}
