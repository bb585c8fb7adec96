import { contextBefore } from './surroundings.ts'

const mask = (1 << 15) - 1
/** By the low bits of a word's hash: which kinds of numbers it announces. */
const announces = new Uint8Array(mask + 1)
const identity = 1
const phone = 2

/** A word, or two, that some number of a person has to stand behind; see `hashOfWords`. */
export function addAnnouncingWords(hash: number): void {
  announces[hash & mask]! |= identity
}

/** The same for numbers to call. */
export function addPhoneWords(hash: number): void {
  announces[hash & mask]! |= phone
}

/** A token with letters in it begins so many characters before its first digit. */
export const mostLead = 34

/** Follows the words of a text, so that numbers with no word of theirs before them need no second look at those words. */
export type WordsFollower = {
  /** A word ended at `end`. @param hash see `addToWord`. */
  word(hash: number, end: number): void
  /** A character that may be part of words that are not followed here. */
  foreign(index: number): void
  /** Whether a word that announces a number may stand before the one whose first digit is at `index`. */
  isAnnounced(index: number): boolean
  /** Whether a word that announces a number to call may stand before it. */
  isToCall(index: number): boolean
}

export function createWordsFollower(pairOf: (first: number, second: number) => number): WordsFollower {
  let previous = 0
  let last = Number.NEGATIVE_INFINITY
  let lastPhone = Number.NEGATIVE_INFINITY
  return {
    word(hash, end) {
      const kinds = announces[hash & mask]! | announces[pairOf(previous, hash) & mask]!
      if ((kinds & identity) !== 0) last = end
      if ((kinds & phone) !== 0) lastPhone = end
      previous = hash
    },
    foreign(index) {
      last = index + 1
    },
    isAnnounced: (index) => index - last <= contextBefore + mostLead,
    isToCall: (index) => index - lastPhone <= contextBefore + 2,
  }
}
