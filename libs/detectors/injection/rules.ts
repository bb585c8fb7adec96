import type { Detection } from '../detector.ts'

/** Characters of Unicode's tag block, which no reader sees and a model reads as ASCII. */
const invisible = /(?:\u{e0001}|[\u{e0020}-\u{e007f}]){6,}/gu
/** Control tokens by which chat formats tell the system's words from the user's. */
const control =
  /<\|(?:im_start|start_header_id)\|>\s{0,8}(?:system|developer)|<\|(?:system|developer)\|>|<<SYS>>|<start_of_turn>\s{0,8}system/gi

const rules = [
  { name: 'rule: text in invisible characters', pattern: invisible, confidence: 0.95, marks: ['\udb40'] },
  {
    name: 'rule: control tokens of a chat format',
    pattern: control,
    confidence: 0.7,
    marks: ['<|', '<<', '<start_of_turn'],
  },
] as const

/** What is an attack by its form, whatever its words. */
export function findByForm(text: string): Detection[] {
  const detections: Detection[] = []
  for (const { name, pattern, confidence, marks } of rules) {
    if (!marks.some((mark) => text.includes(mark))) continue
    for (const match of text.matchAll(pattern))
      detections.push({
        ...ruleDetection(name, match.index, match.index + match[0].length, confidence),
        isHidden: true,
      })
  }
  return detections
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
