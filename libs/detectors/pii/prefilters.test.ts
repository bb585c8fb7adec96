import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createPiiDetector } from './pii-detector.ts'

/** Values that a look at a few characters has to let through to the patterns, anywhere in a text. */
const detector = createPiiDetector({})
const filler = fc.stringMatching(/^(?:[a-z]{1,9} ?[,.;]? |\n){0,30}$/)

function assertFound(type: string, value: fc.Arbitrary<string>, before = ''): void {
  fc.assert(
    fc.property(filler, value, filler, (start, found, rest) => {
      const from = `${start}\n${before}`.length
      const detections = detector.detect(`${start}\n${before}${found}\n${rest}`)
      assert(
        detections.some((it) => it.type === type && it.start <= from && it.end === from + found.length),
        `${found}: ${JSON.stringify(detections)}`,
      )
    }),
    { numRuns: 300 },
  )
}

test('addresses by every ending of a street', () => {
  const endings =
    'straße|strasse|str.|weg|platz|allee|gasse|damm|ufer|straat|laan|gracht|kade|plein|singel|dreef|gade|gatan|katu|vägen|veien|vej'
  const street = fc.oneof(
    fc.tuple(fc.stringMatching(/^[A-ZÄÖ][a-zäöüß-]{1,9}$/), fc.constantFrom(...endings.split('|'))),
    fc.tuple(
      fc.constantFrom('Am ', 'An der ', 'Im ', 'Zum ', 'Alte ', 'Alter ', 'Alten ', 'Neue ', 'Neuer '),
      fc.stringMatching(/^[A-ZÄÖ][a-zäöüß]{1,9}$/),
    ),
  )
  assertFound(
    'ADDRESS',
    fc
      .tuple(street, fc.integer({ min: 1, max: 9999 }))
      .map(([words, number]) => `${words.join('')} ${number}`),
  )
})

test('tokens of persons that need no words', () => {
  const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`))
  const rut = fc.tuple(fc.integer({ min: 1, max: 99 }), digits(3), digits(3)).map((parts) => {
    const body = parts.join('')
    const sum = [...body].reverse().reduce((all, digit, index) => all + Number(digit) * (2 + (index % 6)), 0)
    return `${parts.join('.')}-${'0K987654321'[sum % 11]}`
  })
  const hetu = fc
    .tuple(fc.integer({ min: 1, max: 28 }), fc.constantFrom('-', 'A'), fc.integer({ min: 2, max: 899 }))
    .map(([day, sign, number]) => {
      const [date, serial] = [`${String(day).padStart(2, '0')}0380`, String(number).padStart(3, '0')]
      return `${date}${sign}${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + serial) % 31]}`
    })
  assertFound('NATIONAL_ID', fc.oneof(rut, hetu))
})

test('British insurance numbers, however their digits are grouped', () => {
  assertFound(
    'NATIONAL_ID',
    fc.stringMatching(/^A[BEHJ] ?\d\d ?\d\d ?\d\d ?[A-D]$/),
    'National Insurance number ',
  )
})

test('addresses of the Internet by where their zeros are left out', () => {
  const group = fc.stringMatching(/^[1-9a-f][0-9a-f]{0,3}$/)
  const groups = (least: number, most: number) =>
    fc.array(group, { minLength: least, maxLength: most }).map((all) => all.join(':'))
  assertFound(
    'IP',
    fc.oneof(
      groups(8, 8),
      fc.tuple(groups(2, 3), groups(1, 3)).map((parts) => parts.join('::')),
      groups(3, 4).map((part) => `::${part}`),
      groups(3, 4).map((part) => `${part}::`),
    ),
  )
})
