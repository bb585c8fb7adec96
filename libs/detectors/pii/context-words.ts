import { isLetter } from '../characters.ts'
import { contextBefore } from './surroundings.ts'

/** What the words before a number say about it. */
export type Context = 'wanted' | 'unwanted' | 'none'

/** How many other words may stand between an unwanted word and the number that it names: `order number 12`. */
const wordsBetween = 1

/**
 * Builds a function that tells which of two kinds of words stands last before an index. Lists are in lower case, two words
 * with a space between them count where they follow each other. A wanted word counts anywhere in reach, an unwanted one
 * right before the number only.
 */
export function createContextWords(
  wanted: string,
  unwanted: string,
): (codes: Uint16Array, index: number) => Context {
  const kinds = new Map<number, Context>()
  const add = (list: string, kind: Context) => {
    for (const entry of list.split('|')) {
      const [first = '', second] = entry.split(' ')
      kinds.set(second === undefined ? hashOf(first) : hashOfPair(hashOf(first), hashOf(second)), kind)
    }
  }
  add(unwanted, 'unwanted')
  add(wanted, 'wanted')

  return (codes, index) => {
    let last: Context = 'none'
    let wordsSince = 0
    let previous = 0
    let hash = 0
    for (let at = Math.max(0, index - contextBefore); at <= index; at++) {
      const code = at < index ? codes[at]! : 0
      if (isLetter(code)) {
        hash = addToHash(hash, code < 91 || (code >= 0xc0 && code <= 0xde) ? code | 32 : code)
        continue
      }
      if (hash === 0) continue
      const kind = kinds.get(hash) ?? kinds.get(hashOfPair(previous, hash))
      wordsSince++
      if (kind !== undefined) {
        last = kind
        wordsSince = 0
      }
      previous = hash
      hash = 0
    }
    return last === 'unwanted' && wordsSince > wordsBetween ? 'none' : last
  }
}

function hashOf(word: string): number {
  let hash = 0
  for (let index = 0; index < word.length; index++) hash = addToHash(hash, word.charCodeAt(index))
  return hash
}

function addToHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}

function hashOfPair(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) ^ second) | 0
}
