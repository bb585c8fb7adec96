import type { AnyEvent } from './parse.ts'

const longestMs = 60_000

/**
 * Events that a process has parsed lately, by their ids, so that it need not read and parse them again. Whether they are still there to be
 * used, only the store knows: look there first. What nobody asked for in a minute is forgotten, as is the oldest of more than `mostBytes`.
 */
export class RecentEvents {
  readonly #mostBytes: number
  readonly #events = new Map<string, { event: AnyEvent; bytes: number; atMs: number }>()
  #bytes = 0

  /** @param mostBytes of JSON. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** @param bytes of its JSON. */
  add(event: AnyEvent, bytes: number, nowMs = performance.now()): void {
    this.drop(event.id)
    this.#events.set(event.id, { event, bytes, atMs: nowMs })
    this.#bytes += bytes
    this.forget(nowMs)
  }

  get(id: string, nowMs = performance.now()): AnyEvent | undefined {
    const found = this.#events.get(id)
    if (!found) return undefined
    this.#events.delete(id)
    this.#events.set(id, { ...found, atMs: nowMs })
    return found.event
  }

  /** What is too old, or too much. To be called now and then, also where nothing comes. */
  forget(nowMs = performance.now()): void {
    for (const [id, { atMs }] of this.#events) {
      if (atMs >= nowMs - longestMs && this.#bytes <= this.#mostBytes) return
      this.drop(id)
    }
  }

  /** Nobody will ask for it any more. */
  drop(id: string): void {
    this.#bytes -= this.#events.get(id)?.bytes ?? 0
    this.#events.delete(id)
  }
}
