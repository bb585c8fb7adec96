import { type RawBuilder, sql } from 'kysely'

/** Of scripts that have no spaces between words, with the marks that stand on letters. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\uff70\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const letter = /\p{L}/u
const mark = /\p{M}/u
/** Where they all are, and most texts have nothing. */
const farLetter = /[\u0e00-\u1fff\u2e80-\uffff]/

/**
 * A text as Postgres shall split it into words. Where a script has no spaces, each two neighbouring letters are a word:
 * `機密情報` is found by any two or more of its letters that stand together, and not by one alone.
 */
export function indexedWords(text: string): string {
  if (!farLetter.test(text)) return text
  let words = ''
  let run: string[] = []
  for (const character of text) {
    if (run.length > 0 && mark.test(character)) run.push(run.pop() + character)
    else if (unspaced.test(character) && letter.test(character)) run.push(character)
    else {
      words += pairsOf(run) + character
      run = []
    }
  }
  return words + pairsOf(run)
}

/** A search for what was said in texts that were indexed so, as a `tsquery`; one without a word finds nothing. */
export function wordQuery(query: string): RawBuilder<string> {
  return sql<string>`websearch_to_tsquery('simple', ${searchedWords(query)})`
}

/** A search as `websearch_to_tsquery` takes it. */
export function searchedWords(query: string): string {
  return query.replace(/(-?)("[^"]*"?|[^\s"]+)/g, (term, not: string, words: string) => {
    const split = indexedWords(words)
    if (split === words) return term
    const isPhrase = not !== '' || words.startsWith('"')
    return isPhrase ? `${not}"${split.replaceAll('"', ' ')}"` : split
  })
}

function pairsOf(letters: readonly string[]): string {
  if (letters.length === 0) return ''
  const pairs = letters.slice(1).map((next, at) => letters[at]! + next)
  return ` ${(pairs.length === 0 ? letters : pairs).join(' ')} `
}
