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

const texts = fc.string({
  unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\t', 'é', "'", '=', '+', '-', '@', '＝'),
})

test('whatever is in a field comes out of it again, without the apostrophe before a formula', () => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1 }), (cells) => {
      const fields = readRecord(csvRecord(cells)).map((field) => field.replace(/^'(?='*[=+\-@＝\t\r\n])/, ''))
      assert.deepEqual(fields, cells)
    }),
  )
})

test('no field begins as a formula does', () => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1 }), (cells) => {
      for (const field of readRecord(csvRecord(cells))) assert.doesNotMatch(field, /^[=+\-@＝＋－＠\t\r\n]/)
    }),
  )
  assert.equal(
    csvRecord(["=cmd|' /C calc'!A0", '-1', -1, '@x', 'a=b']),
    "'=cmd|' /C calc'!A0,'-1,-1,'@x,a=b\n",
  )
})

test('what is not there is an empty field, and an empty text is quoted', () => {
  assert.equal(csvRecord([null, '', 7]), ',"",7\n')
})
