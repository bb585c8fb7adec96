import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { identityNumbers } from './identity-numbers.ts'
import { createPiiDetector } from './pii-detector.ts'
import { eachWordBefore, hashOfWords } from './words-before.ts'

const detector = createPiiDetector({})
const found = (text: string) =>
  detector.detect(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)

describe('identity numbers with their words', () => {
  const cases: [string, string][] = [
    ['BSN: 123456782', 'NATIONAL_ID 123456782'],
    ['rijksregisternummer 85.07.30-033 28', 'NATIONAL_ID 85.07.30-033 28'],
    ['AHV-Nummer 756.9217.0769.85', 'NATIONAL_ID 756.9217.0769.85'],
    ['personnummer 811228-9874', 'NATIONAL_ID 811228-9874'],
    ['CPR 211062-5629', 'NATIONAL_ID 211062-5629'],
    ['kennitala 120174-3399', 'NATIONAL_ID 120174-3399'],
    ['HETU 131052-308T', 'NATIONAL_ID 131052-308T'],
    ['PPS number 1234567FA', 'NATIONAL_ID 1234567FA'],
    ['PESEL 44051401359', 'NATIONAL_ID 44051401359'],
    ['OIB 33392005961', 'NATIONAL_ID 33392005961'],
    ['T.C. kimlik no 10000000146', 'NATIONAL_ID 10000000146'],
    ['身份证号码：11010519491231002X', 'NATIONAL_ID 11010519491231002X'],
    ['RUT 12.345.678-5', 'NATIONAL_ID 12.345.678-5'],
    ['CUIT 20-12345678-6', 'NATIONAL_ID 20-12345678-6'],
    ['NRIC S1234567D', 'NATIONAL_ID S1234567D'],
    ['Emirates ID 784-1987-1234567-', ''],
    ['СНИЛС 112-233-445 95', 'NATIONAL_ID 112-233-445 95'],
    ['ИНН 7707083893', 'TAX_ID 7707083893'],
    ['TFN 123 456 782', 'TAX_ID 123 456 782'],
    ['ITIN 912-70-1234', 'TAX_ID 912-70-1234'],
    ['routing number 021000021', 'BANK_ROUTING 021000021'],
    ['SWIFT: DEUTDEFF500', 'BIC DEUTDEFF500'],
    ['NPI 1234567893', 'NPI 1234567893'],
    ['Medicare MBI 1EG4-TE5-MK73', 'MBI 1EG4-TE5-MK73'],
    ['VIN 1M8GDM9AXKP042788', 'VIN 1M8GDM9AXKP042788'],
    ['IMEI: 490154203237518', 'IMEI 490154203237518'],
    ['license plate: 7ABC123', 'LICENSE_PLATE 7ABC123'],
    ['mac 00:1b:44:11:3a:b7', 'MAC_ADDRESS 00:1b:44:11:3a:b7'],
    ['send to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT', 'CRYPTO_WALLET 1BoatSLRHtKNngkdXEeobR76b53LETtpyT'],
    ['born on 12 March 1984 in Lyon', 'DATE_OF_BIRTH 12 March 1984'],
    ['Please call Dr. Maria van den Berg today', 'PERSON Maria van den Berg'],
    ['my name is Ann Lee, and', 'PERSON Ann Lee'],
    ['to 221 Baker Street, London NW1 6XE.', 'ADDRESS 221 Baker Street, London NW1 6XE'],
    ['Sie wohnt in der Hauptstraße 12, 10115 Berlin', 'ADDRESS Hauptstraße 12, 10115 Berlin'],
    ['12 rue de la Paix, 75002 Paris', 'ADDRESS 12 rue de la Paix, 75002 Paris'],
    ['Fødselsnr.: 15068331290', 'NATIONAL_ID 15068331290'],
    ['hetu 150785-1237', 'NATIONAL_ID 150785-1237'],
    ['आधार संख्या 534819207664', 'NATIONAL_ID 534819207664'],
    ['เลขประจำตัวประชาชน 1101700234568', 'NATIONAL_ID 1101700234568'],
    ['Sozialversicherungsnummer (AT): 1237010180', 'NATIONAL_ID 1237010180'],
    ['Sozialversicherungsnummer: 65 170839 J 003', 'NATIONAL_ID 65 170839 J 003'],
    ['CCCD: 079085001234', 'NATIONAL_ID 079085001234'],
    ['паспорт 45 08 123456', 'PASSPORT 45 08 123456'],
    ['{"patient": "Lena Fischer"}', 'PERSON Lena Fischer'],
    ['Keizersgracht 123, 1015 CJ Amsterdam', 'ADDRESS Keizersgracht 123, 1015 CJ Amsterdam'],
    ['Postfach 1234, 80201 München', 'ADDRESS Postfach 1234, 80201 München'],
    ['ул. Ленина, д. 5', 'ADDRESS ул. Ленина, д. 5'],
    ['urodzona 14.03.1987', 'DATE_OF_BIRTH 14.03.1987'],
    ['出生日期 1987-03-14', 'DATE_OF_BIRTH 1987-03-14'],
    ['date_of_birth=19870314', 'DATE_OF_BIRTH 19870314'],
    ['Führerscheinnummer B072RRE2I55', 'DRIVER_LICENSE B072RRE2I55'],
    ['DL# F255-921-50-094-0', 'DRIVER_LICENSE F255-921-50-094-0'],
    ['permis de conduire n° 13AA00002', 'DRIVER_LICENSE 13AA00002'],
    ['VAT number DE136695976', 'TAX_ID DE136695976'],
    ['plaque AB-123-CD', 'LICENSE_PLATE AB-123-CD'],
    ['mac 3c22.fb0a.9e71', 'MAC_ADDRESS 3c22.fb0a.9e71'],
    ['ada.byron@mail.example.de.pdf', 'EMAIL ada.byron@mail.example.de'],
    ['export of ada@example.com.tar.gz', 'EMAIL ada@example.com'],
  ]
  for (const [text, expected] of cases)
    test(text, () => assert.deepEqual(found(text), expected === '' ? [] : [expected]))
})

describe('what is none', () => {
  const cases = [
    'BSN: 123456783',
    'order 123456782 shipped',
    'icon@2x.png, pkg@1.2.3.tgz, Sprite@3x.webp and core@main.py',
    'button@dark.module.css, logo@2x.min.js and host@backup.tar.gz',
    'OpenSSL 3.0.1.4 and release 1.2.3.4',
    'invoice 501234567890 paid',
    'Dr. Pepper and MS Paint',
    'routing number 021000022',
    'During 1980 and Spring 2015',
    'commit 1BoatSLRHtKNngkdXEeobR76b53LETtpyU',
    '{"name": "Premium Plan", "plan": "Gold Status"}',
    '  5b1551: 48 8b 05 46 01 00 00 mov 0x1(%rip),%rax',
    '0000  5a 07 18 48 05 90 01 a5 0c 5f',
    'The memorial plaque 12 weighs 40 kg',
  ]
  for (const text of cases) test(text, () => assert.deepEqual(found(text), []))
})

test('addresses that lead to nobody in particular are left out where that is asked for', () => {
  const text = 'hosts 127.0.0.1, 192.168.1.4, 203.0.113.9, ::1, 2001:db8::7; ping 8.8.4.4'
  const only = createPiiDetector({ addresses: 'public' })
  assert.deepEqual(
    only.detect(text).map(({ start, end }) => text.slice(start, end)),
    ['8.8.4.4'],
  )
  assert.equal(detector.detect(text).length, 6)
})

test('each word that announces a number is known before one, in small letters and in capitals', () => {
  const words = identityNumbers.flatMap((number) => number.words.split('|'))
  const isKnown = (written: string, word: string) => {
    const hashes = new Set<number>()
    eachWordBefore(`${written}: 1`, written.length + 2, (hash) => hashes.add(hash))
    return hashes.has(hashOfWords(word))
  }
  for (const word of words) {
    assert(isKnown(word, word), word)
    assert(isKnown(word.toUpperCase(), word), word.toUpperCase())
  }
})

test('few random numbers are taken for one of a person, whatever the word before them', () => {
  const words = [
    ...new Set(
      identityNumbers.filter(({ type }) => type === 'NATIONAL_ID').flatMap(({ words }) => words.split('|')),
    ),
  ]
  assert(identityNumbers.length >= 60)
  const text = fc.tuple(
    fc.constantFrom('order', 'total', 'item', 'build', 'row', 'id', 'key'),
    fc.bigInt(100_000n, 10n ** 18n),
  )
  let hits = 0
  for (const [word, number] of fc.sample(text, { numRuns: 2000, seed: 1 }))
    if (found(`${word} ${number}`).some((hit) => !hit.startsWith('CREDIT_CARD'))) hits++
  assert(words.length > 100)
  assert(hits <= 10, `${hits} of 2000`)
})
