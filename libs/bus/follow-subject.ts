import type { Bus } from './connect.ts'

/**
 * Hears what is published on a subject from now on, as long as there is a connection: nothing is kept for who is not connected.
 * @param onProblem is notified of what `listener` throws, too.
 * @returns ends it.
 */
export function followSubject(
  bus: Bus,
  subject: string,
  listener: (text: string) => void,
  onProblem: (error: unknown) => void,
): () => void {
  const subscription = bus.subscribe(subject, {
    callback(error, message) {
      if (error) return onProblem(error)
      try {
        listener(message.string())
      } catch (problem) {
        onProblem(problem)
      }
    },
  })
  return () => subscription.unsubscribe()
}
