import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFileSync } from '@airs-cp/files'
import { z } from 'zod'

const cursorSchema = z.object({ streamSequence: z.number(), shipped: z.record(z.string(), z.number()) })

/**
 * Remembers across restarts how far each journal was shipped, so that nothing is shipped twice needlessly, and how far
 * the stream had come, so that a replaced one is noticed. Only a hint: nothing is lost without it.
 */
export class ShipperCursor {
  readonly streamSequence: number
  readonly #file: string
  readonly #shipped: Record<string, number>
  #written = ''

  constructor(directory: string) {
    this.#file = join(directory, 'shipped.json')
    const { streamSequence, shipped } = readCursor(this.#file)
    this.streamSequence = streamSequence
    this.#shipped = shipped
  }

  shipped(journal: string): number {
    return this.#shipped[journal] ?? 0
  }

  write(streamSequence: number, lanes: Iterable<{ journal: string; shipped: number }>): void {
    const shipped = Object.fromEntries([...lanes].map((lane) => [lane.journal, lane.shipped]))
    const json = JSON.stringify({ streamSequence, shipped })
    if (json === this.#written) return
    try {
      replaceFileSync(this.#file, json)
      this.#written = json
    } catch {
      this.#written = ''
    }
  }
}

function readCursor(file: string): z.infer<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return { streamSequence: 0, shipped: {} }
  }
}
