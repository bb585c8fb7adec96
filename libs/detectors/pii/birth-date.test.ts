import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPiiDetector } from './pii-detector.ts'

const detector = createPiiDetector({ types: ['DATE_OF_BIRTH'] })
const found = (text: string) => detector.detect(text).map(({ start, end }) => text.slice(start, end))

test('dates of birth in the forms of Chinese, Japanese and Korean', () => {
  const texts: [string, string][] = [
    ['出生日期：1987年3月14日', '1987年3月14日'],
    ['他于1987年3月14日出生', '1987年3月14日'],
    ['出生：1987-03-14', '1987-03-14'],
    ['生日是1987/3/14。', '1987/3/14'],
    ['生年月日：1987年03月14日', '1987年03月14日'],
    ['昭和62年3月14日生まれ', '62年3月14日'],
    ['１９８７年３月１４日に生まれました', '１９８７年３月１４日'],
    ['생년월일: 1987년 3월 14일', '1987년 3월 14일'],
    ['1987년 3월 14일에 태어났다', '1987년 3월 14일'],
    ['생년월일 1987.03.14', '1987.03.14'],
    ['date of birth: 1987年3月14日', '1987年3月14日'],
  ]
  for (const [text, date] of texts) assert.deepEqual(found(text), [date], text)
})

test('other dates there are none of birth', () => {
  const texts = [
    '会议于2026年3月14日举行',
    '2026年3月14日に発売',
    '발행일: 2026년 3월 14일',
    '版本 2026.03.14',
    '生产日期：2026年3月14日',
  ]
  for (const text of texts) assert.deepEqual(found(text), [], text)
})
