/** Of scripts that have no spaces between words. */
const letter =
  /[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]--[\p{P}\p{S}\p{M}\u02bc]]\p{M}*/gv
const unspaced = new RegExp(`(?:${letter.source})+`, 'gv')
/** Where they all are, and most texts have nothing. */
const farLetter = /[\u0e00-\u1fff\u2e80-\uffff]/

/**
 * A text as Postgres shall split it into words. Where a script has no spaces, each two neighbouring letters are a word:
 * `機密情報` is found by any two or more of its letters that stand together, and not by one alone.
 */
export function indexedWords(text: string): string {
  if (!farLetter.test(text)) return text
  return text.replace(unspaced, (run) => ` ${pairsOf(run).join(' ')} `)
}

/** A search as `websearch_to_tsquery` takes it, for texts that were indexed so. */
export function searchedWords(query: string): string {
  return query.replace(/(-?)("[^"]*"?|[^\s"]+)/g, (term, not: string, words: string) => {
    const split = indexedWords(words)
    if (split === words) return term
    const isPhrase = not !== '' || words.startsWith('"')
    return isPhrase ? `${not}"${split.replaceAll('"', ' ')}"` : split
  })
}

function pairsOf(run: string): string[] {
  const all = run.match(letter)!
  return all.length === 1 ? all : all.slice(1).map((next, at) => all[at]! + next)
}
