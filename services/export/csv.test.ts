import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { csvRecord } from './csv.ts'

/** Reads records of RFC 4180 as a spreadsheet does. */
function readRecord(text: string): string[] {
  const fields: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === '"') {
      let field = ''
      for (at++; !(text[at] === '"' && text[at + 1] !== '"'); at++) {
        if (text[at] === '"') at++
        field += text[at]
      }
      fields.push(field)
      at += 2
    } else {
      const end = /[,\n]/.exec(text.slice(at))!.index + at
      fields.push(text.slice(at, end))
      at = end + 1
      if (text[end] === '\n') break
    }
  }
  return fields
}

test('whatever is in a field comes out of it again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é') }), { minLength: 1 }),
      (cells) => {
        assert.deepEqual(readRecord(csvRecord(cells)), cells)
      },
    ),
  )
})

test('what is not there is an empty field, and an empty text is quoted', () => {
  assert.equal(csvRecord([null, '', 7]), ',"",7\n')
})
