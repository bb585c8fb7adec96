import type { Cluster } from '../text/clusters.ts'
import { Text } from '../text/text.tsx'
import { type Tone, toneClass } from '../ui/tone.ts'
import { toneOf } from './strongest-finding.ts'

/** Text with its findings in place: tinted, underlined, and named. */
export function MarkedText({
  text,
  start,
  end,
  found,
  actions,
  current,
}: {
  text: string
  start: number
  end: number
  found: { cluster: Cluster; number: number }[]
  actions: ReadonlyMap<string, string>
  current: number
}) {
  const parts: React.ReactNode[] = []
  let from = start
  for (const { cluster, number } of found) {
    if (cluster.start > from) parts.push(<Text key={from} text={text.slice(from, cluster.start)} />)
    parts.push(
      <Finding
        key={`finding-${number}`}
        cluster={cluster}
        text={text.slice(Math.max(cluster.start, from), Math.min(cluster.end, end))}
        tone={toneOf(cluster, actions)}
        isCurrent={number === current}
        number={number}
      />,
    )
    from = Math.max(from, Math.min(cluster.end, end))
  }
  if (from < end) parts.push(<Text key={from} text={text.slice(from, end)} />)
  return parts
}

function Finding({
  cluster,
  text,
  tone,
  isCurrent,
  number,
}: {
  cluster: Cluster
  text: string
  tone: Tone
  isCurrent: boolean
  number: number
}) {
  const types = [...new Set(cluster.marks.map(({ type }) => type))].join(', ')
  const policies = [...new Set(cluster.marks.flatMap(({ policies }) => policies))]
  const why = `${types}, found by ${[...new Set(cluster.marks.map(({ detector }) => detector))].join(', ')}; ${policies.length > 0 ? `policy ${policies.join(', ')}` : 'no policy rests on it'}`
  return (
    <mark
      data-finding={number}
      title={why}
      className={`${toneClass[tone]} finding group/finding text-inherit ${isCurrent ? 'ring-2 ring-(--tone)' : ''}`}
    >
      <Text text={text} />
      <span className="toned mx-1 rounded-sm font-mono text-xs font-semibold select-none">
        {types}
        <span className="sr-only">
          {' '}
          ({tone}, {why})
        </span>
      </span>
    </mark>
  )
}
