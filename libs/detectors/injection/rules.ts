import type { Detection } from '../detector.ts'

/** Fewer characters of Unicode's tag block in a row, which no reader sees and a model reads as ASCII, may be part of a flag. */
const leastInvisible = 6

/**
 * Control tokens by which chat formats tell the system's words from the user's, and what a text with one of them has in it.
 */
const control =
  /<\|(?:im_start|start_header_id)\|>\s{0,8}(?:system|developer)|<\|(?:system|developer)\|>|<<SYS>>|<start_of_turn>\s{0,8}system/gi
const controlMarks = ['<|', '<<', '<start_of_turn']

/** What is an attack by its form, whatever its words. */
export function findByForm(text: string): Detection[] {
  const detections: Detection[] = []
  const found = (name: string, start: number, end: number, confidence: number) => {
    detections.push({ ...ruleDetection(name, start, end, confidence), isHidden: true })
  }
  for (let start = text.indexOf('\udb40'); start !== -1; ) {
    let end = start
    while (text.charCodeAt(end) === 0xdb40 && isTag(text.charCodeAt(end + 1))) end += 2
    if (end - start >= 2 * leastInvisible) found('rule: text in invisible characters', start, end, 0.95)
    start = text.indexOf('\udb40', Math.max(end, start + 1))
  }
  if (controlMarks.some((mark) => text.includes(mark)))
    for (const { index, 0: token } of text.matchAll(control))
      found('rule: control tokens of a chat format', index, index + token.length, 0.7)
  return detections
}

/** Second half of a character of Unicode's tag block: U+E0001, U+E0020 to U+E007F. */
function isTag(low: number): boolean {
  return low === 0xdc01 || (low >= 0xdc20 && low <= 0xdc7f)
}

/** A control token with its role is no longer. */
const longestControl = 40

/** Where a text stops being final in its form: a token or a run of invisible characters may begin here. */
export function formHoldFrom(text: string): number {
  let tags = text.length
  while (tags > 0 && isTagUnit(text.charCodeAt(tags - 1))) tags--
  const token = text.indexOf('<', Math.max(0, text.length - longestControl))
  return token === -1 ? tags : Math.min(token, tags)
}

/** A unit of a character of Unicode's tag block. */
function isTagUnit(code: number): boolean {
  return code === 0xdb40 || (code >= 0xdc00 && code <= 0xdc7f)
}

export function ruleDetection(name: string, start: number, end: number, confidence: number): Detection {
  return { type: 'injection', start, end, confidence, features: [{ name, weight: confidence }] }
}
