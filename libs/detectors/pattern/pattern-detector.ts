import type { Detection, SpanDetector } from '../detector.ts'
import { createMatcher, type Match, maxMatch } from './matcher.ts'
import { compileProgram } from './program.ts'

/**
 * Finds what a pattern in RE2 syntax matches, up to 1,024 characters at a time, in time that is linear in the text.
 * @throws when the pattern is not valid or too large.
 */
export function createPatternDetector(spec: { name: string; pattern: string }): SpanDetector {
  const program = compileProgram(spec.pattern)
  const toDetection = ({ start, end }: Match): Detection => ({ type: spec.name, start, end, confidence: 1 })
  return {
    kind: 'span',
    name: 'pattern',
    maxHold: maxMatch + 2,
    detect(text) {
      if (!program.test(text)) return []
      const matcher = createMatcher(program)
      return [...matcher.push(text), ...matcher.end()].map(toDetection)
    },
    holdFrom(text, ended) {
      if (ended) return text.length
      const matcher = createMatcher(program)
      matcher.push(text)
      return matcher.finalTo()
    },
    open() {
      const matcher = createMatcher(program)
      let length = 0
      return {
        push(text) {
          length += text.length
          const detections = matcher.push(text).map(toDetection)
          return { finalTo: matcher.finalTo(), detections }
        },
        end: () => ({ detections: matcher.end().map(toDetection), finalTo: length }),
      }
    },
  }
}
