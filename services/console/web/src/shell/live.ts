import { useSyncExternalStore } from 'react'

let paused = false
const listeners = new Set<() => void>()

/** Whether pages follow what happens. One switch for all of them, in the top bar. */
export function useLive(): { live: boolean; toggle: () => void } {
  const isPaused = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => paused,
  )
  return { live: !isPaused, toggle }
}

function toggle(): void {
  paused = !paused
  for (const listener of listeners) listener()
}
