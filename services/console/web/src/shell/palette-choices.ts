import type { IconName } from '../ui/icon.tsx'
import { destinations } from './destinations.ts'

export type Choice = {
  name: string
  note: string
  icon: IconName
  to: string
  search?: Record<string, string>
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const views: readonly Choice[] = [
  { name: 'Blocked traffic', note: 'Traffic', icon: 'block', to: '/traffic', search: { decision: 'block' } },
  {
    name: 'Redacted traffic',
    note: 'Traffic',
    icon: 'redact',
    to: '/traffic',
    search: { decision: 'redact' },
  },
  { name: 'Failed calls', note: 'Traffic', icon: 'warning', to: '/traffic', search: { state: 'failed' } },
  { name: 'Change the mode', note: 'Policies', icon: 'policies', to: '/mode' },
  { name: 'Draft a policy', note: 'Policies', icon: 'plus', to: '/draft' },
  { name: 'Retention and holds', note: 'Exports', icon: 'exports', to: '/exports/retention' },
  { name: 'Erase content', note: 'Exports', icon: 'exports', to: '/exports/erase' },
  { name: 'Export events', note: 'Exports', icon: 'exports', to: '/exports' },
]

/** What a text may mean, the most specific first. */
export function choicesFor(text: string): Choice[] {
  const wanted = text.trim()
  const pages = destinations.map(
    ({ name, icon, to, question }): Choice => ({ name, icon, to, note: question }),
  )
  if (wanted === '') return [...pages, ...views]
  const has = (words: string) => words.toLowerCase().includes(wanted.toLowerCase())
  const all = [...pages, ...views]
  const named = all.filter(({ name }) => has(name))
  const found = [...named, ...all.filter(({ name, note }) => !has(name) && has(`${name} ${note}`))]
  if (uuid.test(wanted))
    return [
      {
        name: `Exchange ${wanted}`,
        note: 'By its id',
        icon: 'traffic',
        to: `/exchanges/${wanted.toLowerCase()}`,
      },
    ]
  return [
    ...found,
    {
      name: `“${wanted}” in what was said`,
      note: 'Traffic',
      icon: 'search',
      to: '/traffic',
      search: { text: wanted },
    },
    {
      name: `Session ${wanted}`,
      note: 'By its name',
      icon: 'sessions',
      to: `/sessions/${encodeURIComponent(wanted)}`,
    },
    {
      name: `Traffic of agent ${wanted}`,
      note: 'Traffic',
      icon: 'agents',
      to: '/traffic',
      search: { agent: wanted },
    },
  ]
}
