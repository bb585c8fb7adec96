import type { JudgedRow } from '../../evaluation/rows.ts'
import { createFeatureReader, readWordFeatures } from '../../injection/features.ts'
import { viewOf } from '../../view/view.ts'
import type { OwnExample } from './own-examples.ts'

/** A labelled text as features: places in the table of weights, word by word. */
export type Example = {
  source: string
  /** Empty for those of our own. */
  kind: string
  attack: boolean
  explicit: boolean
  places: Int32Array
  /** Per word: the number of places up to its end. */
  wordEnds: Int32Array
  /** Words of the attack, where it is planted into a harmless text. */
  planted?: { from: number; to: number }
}

const reader = createFeatureReader()

export function exampleOf(row: JudgedRow | OwnExample): Example {
  const places: number[] = []
  const wordEnds: number[] = []
  const starts: number[] = []
  const add = (place: number) => {
    places.push(place)
  }
  const view = viewOf(row.text)
  reader.read(view.text, {
    word: (slot, _isKnown, start) => {
      starts.push(view.startOf(start))
      readWordFeatures(reader.words, slot, add)
    },
    feature: add,
    wordEnd: () => {
      wordEnds.push(places.length)
    },
  })
  return {
    source: row.source,
    kind: 'kind' in row ? row.kind : '',
    attack: row.attack,
    explicit: row.attack && (!('explicit' in row) || row.explicit),
    places: Int32Array.from(places),
    wordEnds: Int32Array.from(wordEnds),
    ...('planted' in row && row.planted && { planted: wordsWithin(starts, row.planted) }),
  }
}

function wordsWithin(starts: readonly number[], { start, end }: { start: number; end: number }) {
  return { from: starts.filter((at) => at < start).length, to: starts.filter((at) => at < end).length }
}
