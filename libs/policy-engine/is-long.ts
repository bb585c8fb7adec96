import type { EvaluatedText } from './evaluation-context.ts'

/** Shorter texts are scanned in a few milliseconds, all together up to so many characters. */
export const mostAtOnce = 65_536
/** What a text costs beside its characters, in characters. */
const ofText = 64

/** Whether the texts are long enough, or so many, that they hold up others while they are judged. */
export function isLong(texts: readonly EvaluatedText[]): boolean {
  let characters = 0
  for (const { text } of texts) characters += text.length + ofText
  return characters > mostAtOnce
}
