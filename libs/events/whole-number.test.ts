import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wholeDigits } from './whole-number.ts'

test('a whole number has the same digits however it is written', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 19n }),
      fc.nat(20),
      fc.nat(3),
      fc.boolean(),
      (number, moved, zeros, isNegative) => {
        const digits = String(number)
        const written = digits.padStart(moved + 1, '0')
        const whole = written.slice(0, written.length - moved)
        const fraction = written.slice(written.length - moved) + '0'.repeat(zeros)
        const point = fraction === '' ? '' : `.${fraction}`
        assert.equal(wholeDigits(`${isNegative ? '-' : ''}${whole}${point}e+${moved}`), digits)
        assert.equal(wholeDigits(`${digits}.0`), digits)
        assert.equal(wholeDigits(`${digits}000e-3`), digits)
      },
    ),
  )
})

test('a number with a fraction, one that is too long, and words are none', () => {
  for (const written of ['1.5', '15e-1', '1e999', '9'.repeat(65), '', '-', '192.168.1.1', '1e', 'null'])
    assert.equal(wholeDigits(written), undefined, written)
})
