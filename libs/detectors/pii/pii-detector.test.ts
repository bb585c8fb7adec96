import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertChunkingDoesNotMatter } from '../chunking.testing.ts'
import { createPiiDetector } from './pii-detector.ts'

const detector = createPiiDetector({})
const everything = createPiiDetector({ threshold: 0 })

function found(text: string): string[] {
  return detector.detect(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)
}

describe('what is found', () => {
  const cases: [string, ...string[]][] = [
    ['Write to ann.lee+x@mail.example.co.uk.', 'EMAIL ann.lee+x@mail.example.co.uk'],
    ["<mailto:o'neil@example.com>", "EMAIL o'neil@example.com"],
    ['josé@exämple.org is mine', 'EMAIL josé@exämple.org'],
    ['pay with 4111 1111 1111 1111 please', 'CREDIT_CARD 4111 1111 1111 1111'],
    ['pan=378282246310005&cvc=1', 'CREDIT_CARD 378282246310005'],
    ['amex 3782-822463-10005', 'CREDIT_CARD 3782-822463-10005'],
    ['SSN: 219-09-9999', 'SSN 219-09-9999'],
    ['my social security number is 219099999', 'SSN 219099999'],
    ['IBAN DE89 3704 0044 0532 0130 00, thanks', 'IBAN DE89 3704 0044 0532 0130 00'],
    ['to GB82WEST12345698765432 today', 'IBAN GB82WEST12345698765432'],
    ['ping 192.168.10.254.', 'IP 192.168.10.254'],
    ['http://10.0.0.7:8080/x', 'IP 10.0.0.7'],
    ['route 10.0.0.0/8 via 2001:db8::1', 'IP 10.0.0.0/8', 'IP 2001:db8::1'],
    ['[::ffff:192.0.2.128]:443', 'IP ::ffff:192.0.2.128'],
    ['ring +49 (30) 23125-278 now', 'PHONE +49 (30) 23125-278'],
    ['(212) 555-0187 x22', 'PHONE (212) 555-0187 x22'],
    ['Tel. 030/1234567', 'PHONE 030/1234567'],
    ['mobile: 07700900123', 'PHONE 07700900123'],
    ['call 555 0199 222 office', 'PHONE 555 0199 222'],
    ['Passport no. C01X00T47', 'PASSPORT C01X00T47'],
    ['passport number 533380006', 'PASSPORT 533380006'],
    ['NI number QQ123456C, no: AB123456C', 'NATIONAL_ID AB123456C'],
    ['DNI 12345678Z', 'NATIONAL_ID 12345678Z'],
    ['CPF 111.444.777-35', 'NATIONAL_ID 111.444.777-35'],
    ['Aadhaar 2345 6789 0124', 'NATIONAL_ID 2345 6789 0124'],
    ['NHS number 943 476 5919', 'NATIONAL_ID 943 476 5919'],
    ['codice fiscale RSSMRA85T10A562S', 'NATIONAL_ID RSSMRA85T10A562S'],
  ]
  for (const [text, ...expected] of cases) test(text, () => assert.deepEqual(found(text), expected))
})

test('the pluses of a form or a query are spaces', () => {
  assert.deepEqual(
    found('name=Ann&card=4111+1111+1111+1111&iban=DE89+3704+0044+0532+0130+00&ssn=412+57+8123'),
    ['CREDIT_CARD 4111+1111+1111+1111', 'IBAN DE89+3704+0044+0532+0130+00', 'SSN 412+57+8123'],
  )
  assert.deepEqual(found('phone=%2B1+212+555+0187&x=1'), ['PHONE %2B1+212+555+0187'])
  assert.deepEqual(found('phone=212+555+0187'), ['PHONE 212+555+0187'])
})

describe('what is left alone', () => {
  const cases = [
    'card 4111 1111 1111 1112 fails its check',
    'order 4111111111111111 shipped',
    'id 123e4567-e89b-12d3-a456-426614174000',
    'DE88 3704 0044 0532 0130 00 has a wrong checksum',
    'SSN 000-12-3456 and 666-12-3456 and 123-00-4567',
    'Part no. 078-05-1123',
    'version 1.2.3.4 and v10.20.30.40',
    'Mozilla/5.0 Chrome/120.0.6099.71',
    '300.1.2.3, 1.2.3, 1.2.3.4.5 and 01.02.03.04',
    'at 10:22:01 on 2025-03-04 12:30, 03/04/2025, 4.3.2025',
    'ISBN 978-3-16-148410-0',
    'std::vector<a::b> and abc::def',
    'coordinates 48.087966, -155.767847',
    'Meeting ID: 395 684 690',
    'price 1,234,567.89 or 12 345 678 EUR',
    'lodash@4.17.21 and @types/node and user@localhost',
    'git clone git@github.com:acme/gateway.git',
    'postgres://app:hunter2@db.internal.example.com:5432/prod',
    'timestamps 1718131454599 and 1718131454',
    'call me at 10 or 11',
    'let total = 212+555+4000 and 412+57+8123 are sums',
    'sum=1234+5678+9012+3456',
  ]
  for (const text of cases) test(text, () => assert.deepEqual(found(text), []))
})

test('a type that is not known is refused with the known ones', () => {
  assert.throws(() => createPiiDetector({ types: ['MAIL'] }), /Unknown PII type "MAIL"; known are .*EMAIL/)
})

test('only wanted types are reported', () => {
  const cards = createPiiDetector({ types: ['PHONE'] })
  assert.deepEqual(cards.detect('4111 1111 1111 1111 and +1 212 555 0187').length, 1)
})

const planted = fc.constantFrom(
  'ann.lee@example.com',
  '4111 1111 1111 1111',
  '4111+1111+1111+1111',
  'DE89+3704+0044+0532+0130+00',
  '378282246310005',
  '219-09-9999',
  'DE89 3704 0044 0532 0130 00',
  'GB82WEST12345698765432',
  '192.168.10.254',
  '10.0.0.0/8',
  '2001:db8::ff00:42:8329',
  '::ffff:192.0.2.128',
  '+49 (30) 23125-278',
  '(212) 555-0187 ext. 22',
  '020 7946 0991 office',
  'AB123456C',
  'C01X00T47',
  '111.444.777-35',
)
const noise = fc.oneof(
  fc.constantFrom(
    ' ',
    ' ',
    '-',
    '.',
    ':',
    '::',
    '/',
    '(',
    ')',
    '+',
    '@',
    '\n',
    'x',
    ' ext',
    'a',
    'DE',
    'f',
    '0',
    '12',
    '4111',
  ),
  fc.constantFrom(
    'Phone: ',
    'passport ',
    'order ',
    'version ',
    'card ',
    ' office',
    ' fax',
    'ssn ',
    'tel:',
    ', ',
  ),
  fc.string({ maxLength: 6 }),
  fc.stringMatching(/^[0-9 .:()+-]{1,24}$/),
  fc.stringMatching(/^[a-f0-9:]{1,12}$/),
)
const text = fc.array(fc.oneof(planted, noise), { maxLength: 24 }).map((pieces) => pieces.join(''))
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 })

test('however a text is cut, the same is found and nothing of it was final before', () => {
  fc.assert(
    fc.property(text, cuts, (whole, sizes) => {
      assertChunkingDoesNotMatter(detector, whole, sizes)
      assertChunkingDoesNotMatter(everything, whole, sizes)
    }),
    { numRuns: 300 },
  )
})

test('a long text is scanned in a window with the same result', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 30, maxLength: 40 }), (texts) =>
      assertChunkingDoesNotMatter(detector, texts.join(' and '), [700, 1, 300, 2, 900, 3]),
    ),
    { numRuns: 10 },
  )
})
