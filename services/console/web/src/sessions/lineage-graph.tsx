import { useEffect, useMemo, useRef } from 'react'
import { bytesText } from '../ui/numbers.ts'
import { box, layOut } from './layout.ts'
import { titleOf } from './node-title.ts'
import type { Edge, Node } from './queries.ts'

const colours: Record<Node['kind'], string> = {
  message: 'var(--muted)',
  answer: 'var(--accent)',
  reasoning: 'var(--quarantine)',
  'tool-call': 'var(--redact)',
  'tool-result': 'var(--throttle)',
  source: 'var(--ok)',
}

/** What was made of what, as a graph. A node that is chosen shows where it came from and what was made of it. */
export default function LineageGraph({
  nodes,
  edges,
  chosen,
  traced,
  choose,
}: {
  nodes: readonly Node[]
  edges: readonly Edge[]
  chosen: string | undefined
  /** Nodes of the trace; all others step back. */
  traced: ReadonlySet<string> | undefined
  choose: (node: string | undefined) => void
}) {
  const { placed, lines, width, height } = useMemo(() => layOut(nodes, edges), [nodes, edges])
  const window = useRef<HTMLElement>(null)
  // The first piece stands somewhere along the left edge: the graph opens there.
  useEffect(() => {
    const first = placed.toSorted((a, b) => a.x - b.x || a.y - b.y)[0]
    if (first && window.current) window.current.scrollTop = first.y - window.current.clientHeight / 2
  }, [placed])
  const isIn = (id: string) => traced === undefined || traced.has(id)
  return (
    <section
      ref={window}
      aria-label="Lineage"
      tabIndex={0}
      className="max-h-[60vh] overflow-auto rounded-md border border-line bg-panel"
    >
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name */}
      <svg width={width} height={height} className="block">
        {lines.map(({ from, to, relation, points }) => (
          <polyline
            key={`${from} ${to} ${relation}`}
            points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
            fill="none"
            stroke={isIn(from) && isIn(to) && traced ? 'var(--accent)' : 'var(--line)'}
            strokeWidth={isIn(from) && isIn(to) && traced ? 1.5 : 1}
            strokeDasharray={relation === 'continuation' ? '4 3' : undefined}
          />
        ))}
        {placed.map(({ node, x, y }) => (
          <g
            key={node.id}
            role="button"
            tabIndex={0}
            aria-pressed={node.id === chosen}
            transform={`translate(${x} ${y})`}
            opacity={isIn(node.id) ? 1 : 0.35}
            onClick={() => choose(node.id === chosen ? undefined : node.id)}
            onKeyDown={({ key }) =>
              (key === 'Enter' || key === ' ') && choose(node.id === chosen ? undefined : node.id)
            }
            className="cursor-pointer"
          >
            <rect
              width={box.width}
              height={box.height}
              rx="5"
              fill="var(--page)"
              stroke={node.id === chosen ? 'var(--accent)' : 'var(--line)'}
              strokeWidth={node.id === chosen ? 2 : 1}
            />
            <rect width="3" height={box.height} rx="1" fill={colours[node.kind]} />
            <text x="12" y="17" fontSize="12" fill="var(--ink)">
              {cut(titleOf(node), 24)}
            </text>
            <text x="12" y="32" fontSize="11" fill="var(--muted)">
              {node.direction === 'response' ? 'generated' : 'given'}, {bytesText(node.bytes)}
            </text>
          </g>
        ))}
      </svg>
    </section>
  )
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
