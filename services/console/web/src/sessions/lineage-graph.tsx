import { useMemo } from 'react'
import { bytesText } from '../ui/numbers.ts'
import { box, columns, layOut } from './layout.ts'
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

/** What was made of what, from top to bottom. A piece that is chosen shows where it came from, or what was made of it. */
export default function LineageGraph({
  exchanges,
  nodes,
  edges,
  chosen,
  traced,
  choose,
}: {
  /** In the order in which they were requested. */
  exchanges: readonly string[]
  nodes: readonly Node[]
  edges: readonly Edge[]
  chosen: string | undefined
  /** Nodes of the trace; all others step back. */
  traced: ReadonlySet<string> | undefined
  choose: (node: string | undefined) => void
}) {
  const { placed, bands, lines, width, height } = useMemo(
    () => layOut(exchanges, nodes, edges),
    [exchanges, nodes, edges],
  )
  const isIn = (id: string) => traced === undefined || traced.has(id)
  return (
    <section
      aria-label="Lineage"
      tabIndex={0}
      className="max-h-[70vh] overflow-auto rounded-md border border-line bg-panel"
    >
      <div
        className="sticky top-0 z-10 flex h-8 items-center border-b border-line bg-panel text-sm text-muted"
        style={{ minWidth: width }}
      >
        <span style={{ position: 'absolute', left: columns.given }}>Came in</span>
        <span style={{ position: 'absolute', left: columns.made }}>Made by the model</span>
      </div>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name */}
      <svg width={width} height={height} className="block">
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 6 6"
            refX="6"
            refY="3"
            markerWidth="6"
            markerHeight="6"
            orient="auto"
          >
            <path d="M0 0 6 3 0 6z" fill="var(--muted)" />
          </marker>
        </defs>
        {bands.map(({ exchange, number, y, height }) => (
          <g key={exchange}>
            <title>{`Exchange ${number}: ${exchange}`}</title>
            <text x="14" y={y + 24} fontSize="11" fill="var(--muted)">
              {number}
            </text>
            <line x1="32" x2="32" y1={y} y2={y + height} stroke="var(--line)" />
          </g>
        ))}
        {lines.map(({ from, to, relation, path, isAgain }) => {
          const isTraced = traced !== undefined && isIn(from) && isIn(to)
          if (isAgain && !isTraced) return null
          return (
            <path
              key={`${from} ${to} ${relation}`}
              d={path}
              fill="none"
              stroke={isTraced ? 'var(--accent)' : 'var(--muted)'}
              strokeWidth={isTraced ? 1.5 : 1}
              opacity={traced === undefined ? 0.5 : isTraced ? 1 : 0.12}
              strokeDasharray={relation === 'continuation' ? '4 3' : undefined}
              markerEnd="url(#arrow)"
            />
          )
        })}
        {placed.map(({ node, x, y }) => (
          <g
            key={node.id}
            data-row
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
              {cut(titleOf(node), 26)}
            </text>
            <text x="12" y="32" fontSize="11" fill="var(--muted)">
              {bytesText(node.bytes)}
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
