import { setTimeout } from 'node:timers/promises'

/** @throws the signal's reason when it aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  await setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
}
