import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { assertChunkingDoesNotMatter } from '../chunking.testing.ts'
import { createSearches } from './automaton.ts'
import { createPatternDetector } from './pattern-detector.ts'
import { createPatternTest, createPatternTests } from './pattern-test.ts'
import { compileProgram } from './program.ts'

const patterns = [
  'EMP-\\d{6}',
  '\\bproject[ -]?falcon\\b',
  '(?i)secret',
  'a+',
  'a+?b',
  'a|ab|abc',
  '(?:ab)+c?',
  'a.*b',
  'a.*?b',
  '(?s)<k>.*?</k>',
  '^ab',
  '(?m)^ab$',
  'b$',
  '\\Bb\\B',
  '[ab]{2,4}',
  'é+|😀',
  'x*',
  '(a|b)*c',
  'aab|b',
]
const alphabet = [
  'a',
  'b',
  'c',
  'ab',
  'x',
  ' ',
  '\n',
  'é',
  '😀',
  '\ud83d',
  '<k>',
  '</k>',
  'EMP-',
  '123456',
  'Secret',
  'project falcon',
  '-',
]
const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 30 }).map((pieces) => pieces.join(''))
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 })

test('a piece that was cut within a character ends there, however often such pieces come', () => {
  const whole =
    '\u{10000}\u{10000}\u{10000}\u{893fc}\u{9c5de}\u{ae979}is\u{109a36}\u{102ffa}\u{21a9a}\ud9af\udfee and on'
  const detector = createPatternDetector({ name: 'x', pattern: 'TCK-[0-9]{4,8}' })
  for (let round = 0; round < 20_000; round++)
    assert.equal(detector.holdFrom(whole.slice(0, 21), false), 20, `round ${round}`)
})

test('finds what RE2 finds, but for what is empty', () => {
  fc.assert(
    fc.property(fc.constantFrom(...patterns), text, (pattern, whole) => {
      const expected = []
      const matcher = RE2JS.compile(pattern).matcher(whole)
      while (matcher.find())
        if (matcher.end() > matcher.start()) expected.push([matcher.start(), matcher.end()])
      const found = createPatternDetector({ name: 'x', pattern }).detect(whole)
      assert.deepEqual(
        found.map(({ start, end }) => [start, end]),
        expected,
        `${pattern} in ${JSON.stringify(whole)}`,
      )
    }),
    { numRuns: 1000 },
  )
})

test('a test tells what RE2 tells, however the text is cut and how many patterns it stands for', () => {
  const runes = fc.string({ unit: 'binary', maxLength: 5 })
  const anyText = fc.array(fc.oneof(text, runes), { maxLength: 4 }).map((pieces) => pieces.join(''))
  const searches = new Map(patterns.map((pattern) => [pattern, createSearches(compileProgram(pattern))]))
  const together = createPatternTests(patterns)
  assert.equal(together.length, 1)
  const any = createPatternTests(['EMP-\\d{6}', '(?i)secret', '(?m)^ab$', '\\Bb\\B'])[0]!
  fc.assert(
    fc.property(fc.constantFrom(...patterns), anyText, cuts, (pattern, whole, sizes) => {
      const expected = RE2JS.compile(pattern).matcher(whole).find()
      assert.equal(createPatternTest(pattern).matches(whole), expected)
      const search = searches.get(pattern)!()
      let at = 0
      let isFound = false
      for (const size of [...sizes, whole.length]) {
        isFound = search.push(whole.slice(at, at + size))
        if (isFound) break
        at += size
      }
      assert.equal(isFound || search.end(), expected, `${pattern} in ${JSON.stringify(whole)}`)
      assert.equal(
        any.matches(whole),
        ['EMP-\\d{6}', '(?i)secret', '(?m)^ab$', '\\Bb\\B'].some((one) =>
          RE2JS.compile(one).matcher(whole).find(),
        ),
      )
    }),
    { numRuns: 2000 },
  )
})

test('patterns that are looked for together keep their own flags and quotes', () => {
  const orders = [
    ['(?i)secret', 'EMP-\\d'],
    ['EMP-\\d', '(?i)secret'],
    ['(?s)a.b', 'c.d'],
    ['\\Q(', 'x|y'],
    ['x|y', '\\Q('],
  ]
  const texts = ['emp-1', 'EMP-1', 'SECRET', 'a\nb', 'c\nd', 'ced', '(', 'y', '']
  for (const together of orders)
    for (const text of texts)
      assert.equal(
        createPatternTests(together).some((one) => one.matches(text)),
        together.some((one) => RE2JS.compile(one).matcher(text).find()),
        `${together} in ${JSON.stringify(text)}`,
      )
})

function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

test('however many states texts lead through, few are kept', () => {
  const { matches } = createPatternTest('[ab]*a[ab]{14}c')
  let seed = 1
  const next = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return seed & 0x10000 ? 'a' : 'b'
  }
  const texts = Array.from({ length: 60 }, () => Array.from({ length: 5_000 }, next).join(''))
  const before = heldBytes()
  for (const text of texts) matches(text)
  const keptBytes = heldBytes() - before
  assert.ok(keptBytes < 4 * 1024 ** 2, `${keptBytes} bytes`)
})

test('a pattern for which a text leads through more states than are kept tells the same', () => {
  const pattern = '[ab]*a[ab]{12}c'
  const { matches } = createPatternTest(pattern)
  const whole = Array.from({ length: 20_000 }, (_, n) => ((n * n * 7919) % 1013 < 500 ? 'a' : 'b')).join('')
  assert.equal(matches(whole), false)
  assert.equal(matches(`${whole}a${'b'.repeat(12)}c`), true)
})

test('however a text is cut, the same is found and nothing of it was final before', () => {
  fc.assert(
    fc.property(fc.constantFrom(...patterns), text, cuts, (pattern, whole, sizes) =>
      assertChunkingDoesNotMatter(createPatternDetector({ name: 'x', pattern }), whole, sizes),
    ),
    { numRuns: 500 },
  )
})

test('a match that gets too long is given up, and what is held stays bounded', () => {
  const detector = createPatternDetector({ name: 'x', pattern: 'a[^b]*b' })
  const scan = detector.open()
  const step = scan.push(`a${'-'.repeat(5000)}`)
  assert.equal(step.finalTo, 5001)
  assert.deepEqual(detector.detect(`a${'-'.repeat(5000)}b`), [])
  assert.equal(detector.detect(`a${'-'.repeat(1000)}b`).length, 1)
})

test('a pattern that makes others slow takes linear time', () => {
  const detector = createPatternDetector({ name: 'x', pattern: '(?:a*)*(?:a|aa)+c' })
  const start = performance.now()
  detector.detect(`${'a'.repeat(100_000)}b c`)
  assert(performance.now() - start < 5000)
})

test('an invalid pattern is refused with the reason', () => {
  assert.throws(
    () => createPatternDetector({ name: 'x', pattern: 'a(' }),
    /Pattern "a\(" is not valid RE2: .*missing closing/,
  )
  assert.throws(() => createPatternDetector({ name: 'x', pattern: '(?=a)b' }), /not valid RE2/)
  assert.throws(
    () => createPatternDetector({ name: 'x', pattern: '(?:a{100}b{100}){10}' }),
    /instructions; 512 are allowed/,
  )
})
