import { contextBefore } from './surroundings.ts'

/**
 * Calls back with a hash of each word that stands shortly before `index`, and of each pair of neighbours. In scripts that put no
 * spaces between words, each two characters count as one.
 */
export function eachWordBefore(text: string, index: number, visit: (hash: number) => void): void {
  let previous = 0
  let hash = 0
  let last = 0
  const end = () => {
    if (hash === 0) return
    visit(hash)
    if (previous !== 0) visit(pair(previous, hash))
    previous = hash
    hash = 0
  }
  let from = Math.max(0, index - contextBefore)
  while (from < index && from > 0 && isWordLetter(text.charCodeAt(from - 1))) from++
  for (let at = from; at < index; at++) {
    const code = lower(text.charCodeAt(at))
    if (code === 39) continue
    if (!isWordLetter(code)) {
      end()
      last = 0
      continue
    }
    if (isUnspaced(code)) {
      end()
      if (last !== 0) visit(add(add(0, last), code))
      last = code
      continue
    }
    last = 0
    hash = add(hash, code)
  }
  end()
}

/** The hash by which `eachWordBefore` reports one word, or two with a space between them. */
export function hashOfWords(words: string): number {
  const [first = '', second] = words.split(' ')
  return second === undefined ? hashOf(first) : pair(hashOf(first), hashOf(second))
}

function hashOf(word: string): number {
  let hash = 0
  for (let index = 0; index < word.length; index++) hash = add(hash, word.charCodeAt(index))
  return hash
}

/** Adds a letter in lower case to the hash of a word, which begins at 0. */
export function addToWord(hash: number, code: number): number {
  return add(hash, code)
}

/** The hash of two words that follow each other. */
export function pairOfWords(first: number, second: number): number {
  return pair(first, second)
}

function add(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}

function pair(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) ^ second) | 0
}

/** The lower case of a letter. */
export function lower(code: number): number {
  if (code >= 65 && code <= 90) return code | 32
  if (code < 0xc0) return code
  if (code <= 0xde && code !== 0xd7) return code | 32
  if ((code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f)) return code + 32
  if (code >= 0x400 && code <= 0x40f) return code + 80
  if (code >= 0x1e00 && code <= 0x1eff) return code | 1
  if (code === 0x1a0 || code === 0x1af) return code + 1
  if (code >= 0x100 && code <= 0x17f) return code <= 0x137 || code >= 0x14a ? code | 1 : code + (code & 1)
  return code
}

function isWordLetter(code: number): boolean {
  if (code < 0xc0) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  return !(
    (code >= 0x2000 && code <= 0x2bff) ||
    (code >= 0x3000 && code <= 0x303f) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    code >= 0xff00
  )
}

/** Thai, and the scripts of East Asia. */
function isUnspaced(code: number): boolean {
  return code >= 0x2e80 || (code >= 0xe00 && code <= 0xe7f)
}
