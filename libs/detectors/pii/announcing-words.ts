import { contextBefore } from './surroundings.ts'

/** By the hash of a word: which kinds of numbers it announces. */
const announces = new Map<number, number>()
const identity = 1
const phone = 2

const mask = (1 << 15) - 1
/** By the low bits of a hash: whether such a word has them, so that most words need no look into the map. */
const mayAnnounce = new Uint8Array(mask + 1)

/** A word, or two, that some number of a person has to stand behind; see `hashOfWords`. */
export function addAnnouncingWords(hash: number): void {
  addWords(hash, identity)
}

/** The same for numbers to call. */
export function addPhoneWords(hash: number): void {
  addWords(hash, phone)
}

function addWords(hash: number, kind: number): void {
  announces.set(hash, (announces.get(hash) ?? 0) | kind)
  mayAnnounce[hash & mask] = 1
}

function kindsOf(hash: number): number {
  return mayAnnounce[hash & mask] === 0 ? 0 : (announces.get(hash) ?? 0)
}

/** A token with letters in it begins so many characters before its first digit. */
export const mostLead = 34

/** Follows the words of a text, so that numbers with no word of theirs before them need no second look at those words. */
export type WordsFollower = {
  /** A word ended at `end`. @param hash see `hashOfWords`. @param pair the hash of the word before and of it. */
  word(hash: number, pair: number, end: number): void
  /** A character that may be part of words that are not followed here. */
  foreign(index: number): void
  /** Whether a word that announces a number may stand before the one whose first digit is at `index`. */
  isAnnounced(index: number): boolean
  /** Whether a word that announces a number to call may stand before it. */
  isToCall(index: number): boolean
}

export function createWordsFollower(): WordsFollower {
  let last = Number.NEGATIVE_INFINITY
  let lastPhone = Number.NEGATIVE_INFINITY
  return {
    word(hash, pair, end) {
      const kinds = kindsOf(hash) | kindsOf(pair)
      if (kinds === 0) return
      if ((kinds & identity) !== 0) last = end
      if ((kinds & phone) !== 0) lastPhone = end
    },
    foreign(index) {
      last = index + 1
    },
    isAnnounced: (index) => index - last <= contextBefore + mostLead,
    isToCall: (index) => index - lastPhone <= contextBefore + 2,
  }
}
