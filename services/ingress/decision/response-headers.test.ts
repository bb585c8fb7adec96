import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editHeaders, headerTexts } from './response-headers.ts'

const latin1 = (text: string) => Buffer.from(text).toString('latin1')

test('headers of a response are read in UTF-8, and written as they were', () => {
  const headers = {
    'x-note': latin1('Zoë falcon'),
    'x-old': 'Zo\xeb falcon',
    'x-plain': 'falcon',
    date: 'now',
  }
  assert.deepEqual(
    headerTexts(headers).map(({ path, text }) => [path, text]),
    [
      ['header:x-note', 'Zoë falcon'],
      ['header:x-old', 'Zo\xeb falcon'],
      ['header:x-plain', 'falcon'],
    ],
  )
  const edits = ['x-note', 'x-old', 'x-plain'].map((name) => ({ path: `header:${name}`, text: 'Zoë [BIRD]' }))
  const edited = editHeaders(headers, edits)
  assert.equal(edited['x-note'], latin1('Zoë [BIRD]'))
  assert.equal(edited['x-old'], 'Zo\xeb [BIRD]')
})
