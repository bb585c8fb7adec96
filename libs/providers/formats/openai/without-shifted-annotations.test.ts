import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutShiftedAnnotations } from './without-shifted-annotations.ts'

const cites = (end_index: number) => ({
  type: 'url_citation',
  url: 'https://x.test',
  start_index: 0,
  end_index,
})
const nested = (end_index: number) => ({ type: 'url_citation', url_citation: { start_index: 0, end_index } })
const file = { type: 'file_citation', file_id: 'f', index: 99 }

test('annotations up to the change stay, and those without a place', () => {
  const part = { type: 'output_text', text: '', annotations: [cites(4), cites(9), file] }
  const body = { output: [{ type: 'message', content: [part] }] }
  const from = (channel: string) => (channel === '/output/0/content/0/text' ? 4 : undefined)
  const kept = { output: [{ type: 'message', content: [{ ...part, annotations: [cites(4), file] }] }] }
  assert.deepEqual(withoutShiftedAnnotations(body, from), kept)
  assert.deepEqual(withoutShiftedAnnotations({ type: 'response.completed', response: body }, from), {
    type: 'response.completed',
    response: kept,
  })
  const event = { type: 'response.output_text.annotation.added', output_index: 0, content_index: 0 }
  assert.equal(withoutShiftedAnnotations({ ...event, annotation: cites(5) }, from), undefined)
  assert.notEqual(withoutShiftedAnnotations({ ...event, annotation: cites(4) }, from), undefined)
})

test('those of chat stand in a message or delta', () => {
  for (const holder of ['message', 'delta']) {
    const body = { choices: [{ index: 2, [holder]: { annotations: [nested(3), nested(8)] } }] }
    assert.deepEqual(
      withoutShiftedAnnotations(body, (channel) =>
        channel === '/choices/2/message/content' ? 5 : undefined,
      ),
      { choices: [{ index: 2, [holder]: { annotations: [nested(3)] } }] },
    )
    assert.equal(
      withoutShiftedAnnotations(body, () => undefined),
      body,
    )
  }
})
