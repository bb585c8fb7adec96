import { runningIn, type SimulatedProcess } from '../world.ts'

type Waiter = { process: SimulatedProcess; wake: () => void }

/** Waiting for a cell of shared memory, in virtual time: both threads are in this one. */
export function installAtomics(): void {
  const real = { waitAsync: Atomics.waitAsync.bind(Atomics), notify: Atomics.notify.bind(Atomics) }
  const waiters = new Map<ArrayBufferLike, Waiter[]>()
  Atomics.waitAsync = ((cells: Int32Array, index: number, value: number, timeoutMs?: number) => {
    const at = runningIn()
    if (!at) return real.waitAsync(cells, index, value, timeoutMs)
    if (Atomics.load(cells, index) !== value) return { async: false, value: 'not-equal' }
    const { promise, resolve } = Promise.withResolvers<'ok'>()
    const list = waiters.get(cells.buffer) ?? []
    waiters.set(cells.buffer, list)
    list.push({ process: at.process, wake: () => resolve('ok') })
    return { async: true, value: promise }
  }) as typeof Atomics.waitAsync
  Atomics.notify = ((cells: Int32Array, index: number, count?: number) => {
    const at = runningIn()
    if (!at) return real.notify(cells, index, count)
    const woken = waiters.get(cells.buffer) ?? []
    waiters.delete(cells.buffer)
    for (const { process, wake } of woken) at.world.schedule('woken', 0.01, wake, process)
    return woken.length
  }) as typeof Atomics.notify
}
