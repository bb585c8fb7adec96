/** How far context words are looked for. */
export const contextBefore = 48

/** What stands before `start`, in lower case. */
export function textBefore(text: string, start: number): string {
  return text.slice(Math.max(0, start - contextBefore), start).toLowerCase()
}

/** What may stand between an unwanted word and the number that it names: `order number 12`, `id": 12`. */
const nothingMuch = /^[^a-z]{0,12}(?:[a-z]{1,12}[^a-z]{1,8})?$/

/**
 * Which of two kinds of words stands last before a number: a capture in `words` means the wanted kind, a match without
 * one the unwanted. `words` has the flag `g`.
 */
export function lastWord(text: string, words: RegExp): 'wanted' | 'unwanted' | 'none' {
  let last: 'wanted' | 'unwanted' | 'none' = 'none'
  for (const match of text.matchAll(words)) {
    if (match[1] !== undefined) last = 'wanted'
    else if (nothingMuch.test(text.slice(match.index + match[0].length))) last = 'unwanted'
  }
  return last
}

/** Whether the groups of an account number (`FR50 3544 4572 …`) go on after this text, which is in lower case. */
export function isInsideAccount(text: string): boolean {
  return /(?<![a-z0-9])[a-z]{2}\d\d(?:[ -][a-z0-9]{4}){0,8}[ -]$/.test(text)
}
