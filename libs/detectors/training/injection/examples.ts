import type { JudgedRow } from '../../evaluation/rows.ts'
import { createFeatureReader, readWordFeatures } from '../../injection/features.ts'
import type { OwnExample } from './own-examples.ts'

/** A labelled text as features: places in the table of weights, word by word. */
export type Example = {
  source: string
  attack: boolean
  explicit: boolean
  places: Int32Array
  /** Per word: the number of places up to its end. */
  wordEnds: Int32Array
}

const reader = createFeatureReader()

export function exampleOf(row: JudgedRow | OwnExample): Example {
  const places: number[] = []
  const wordEnds: number[] = []
  const add = (place: number) => {
    places.push(place)
  }
  reader.read(row.text, {
    word: (slot) => readWordFeatures(reader.words, slot, add),
    feature: add,
    wordEnd: () => {
      wordEnds.push(places.length)
    },
  })
  return {
    source: row.source,
    attack: row.attack,
    explicit: row.attack && (!('explicit' in row) || row.explicit),
    places: Int32Array.from(places),
    wordEnds: Int32Array.from(wordEnds),
  }
}
