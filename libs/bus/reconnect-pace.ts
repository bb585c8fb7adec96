/** Makes the client dial now, whatever its clock says. */
const atOnce = -1e15
const pauseMs = 250
const jitterMs = 100

/**
 * When to dial again after a connection was lost, as the client's `reconnectDelayHandler`. By itself it compares times of the wall
 * clock: one that is put back by an hour would keep it from dialling for that hour.
 * @param now milliseconds of a clock that does not jump.
 */
export function reconnectPace(now: () => number = () => performance.now()): () => number {
  let dialledAtMs = Number.NEGATIVE_INFINITY
  let waitMs = pauseMs
  return () => {
    if (now() - dialledAtMs < waitMs) return waitMs
    dialledAtMs = now()
    waitMs = pauseMs + Math.floor(Math.random() * jitterMs)
    return atOnce
  }
}
