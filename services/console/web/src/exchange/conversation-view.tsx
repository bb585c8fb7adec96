import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useKeys } from '../shell/shortcuts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import { bytesText, exactNumber } from '../ui/numbers.ts'
import { toneClass } from '../ui/tone.ts'
import { MarkedText } from './marked-text.tsx'
import type { Conversation, Message } from './queries.ts'
import { type Row, rowsOf } from './rows.ts'
import { strongestFinding, toneOf } from './strongest-finding.ts'

const icons: Record<Message['role'], IconName> = {
  system: 'policies',
  user: 'user',
  assistant: 'agents',
  tool: 'tool',
  unknown: 'right',
}

const kinds: Partial<Record<Message['kind'], string>> = {
  'tool-arguments': 'calls',
  'tool-result': 'result of',
  'tool-definition': 'definition of tool',
  document: 'document',
  image: 'image',
}

/** A conversation as a person reads it. Only what is near the window is laid out, however long it is. */
export function ConversationView({
  conversation,
  actions,
}: {
  conversation: Conversation
  actions: ReadonlyMap<string, string>
}) {
  const [sent, setSent] = useState<'provider' | 'client'>('provider')
  const [current, setCurrent] = useState(-1)
  const { rows, places } = useMemo(() => rowsOf(conversation, sent), [conversation, sent])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(rows[index]!),
    getItemKey: (index) => rows[index]!.key,
    overscan: 8,
  })
  const jump = (step: number) => {
    if (places.length === 0) return
    setCurrent((current + step + places.length + (current < 0 && step < 0 ? 1 : 0)) % places.length)
  }
  useKeys({ n: () => jump(1), p: () => jump(-1) })
  // Until a person chooses a finding, the one that decided stands in the window, and the page stays at its head.
  const strongest = useMemo(() => strongestFinding(rows, actions), [rows, actions])
  const shown = current < 0 ? strongest : current
  useEffect(() => {
    const place = places.find(({ number }) => number === shown)
    if (!place) return
    virtual.scrollToIndex(place.row, { align: 'center' })
    return whenThere(
      () => scroller.current?.querySelector(`[data-finding="${shown}"]`),
      (mark) => {
        if (current >= 0) mark.scrollIntoView({ block: 'center' })
        else if (scroller.current) scroller.current.scrollTop += middleOf(mark) - middleOf(scroller.current)
      },
    )
  }, [shown, places, virtual, current])
  return (
    <div className="flex min-h-0 grow flex-col rounded-md border border-line bg-panel">
      <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-3 py-1">
        {conversation.delivered && (
          <fieldset className="flex overflow-hidden rounded border border-line">
            <legend className="sr-only">Which response</legend>
            {(['provider', 'client'] as const).map((which) => (
              <button
                key={which}
                type="button"
                aria-pressed={sent === which}
                onClick={() => setSent(which)}
                className={`h-6 px-2 text-sm ${sent === which ? 'bg-raised font-medium' : 'text-muted hover:bg-raised'}`}
              >
                {which === 'provider' ? 'As the provider sent it' : 'As the client got it'}
              </button>
            ))}
          </fieldset>
        )}
        <span className="text-muted">
          {places.length === 0
            ? 'Nothing was found in the text'
            : `${current < 0 ? '' : `${current + 1} of `}${places.length} ${places.length === 1 ? 'finding' : 'findings'}`}
        </span>
        {places.length > 0 && (
          <span className="ml-auto flex gap-1">
            <Button kind="quiet" onClick={() => jump(-1)} title="Previous finding (p)">
              Previous
            </Button>
            <Button kind="quiet" onClick={() => jump(1)} title="Next finding (n)">
              Next
            </Button>
          </span>
        )}
      </div>
      <div className="relative min-h-0 grow">
        <section
          ref={scroller}
          aria-label="Conversation"
          tabIndex={0}
          className="h-full overflow-y-auto pr-2"
        >
          <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => (
              <div
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <RowView row={rows[item.index]!} actions={actions} current={current} />
              </div>
            ))}
          </div>
        </section>
        <div aria-hidden="true" className="absolute inset-y-0 right-0 w-1.5">
          {places.map(({ row, number, cluster }) => (
            <div
              key={number}
              className={`absolute right-0 h-1 w-1.5 rounded-full ${number === current ? 'bg-accent' : `${toneClass[toneOf(cluster, actions)]} bg-(--tone)`}`}
              style={{ top: `${((row + 0.5) / rows.length) * 100}%` }}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function RowView({
  row,
  actions,
  current,
}: {
  row: Row
  actions: ReadonlyMap<string, string>
  current: number
}) {
  if (row.kind === 'side')
    return (
      <div className="border-b border-line bg-raised px-3 py-1.5">
        <h2 className="inline font-semibold">{row.title}</h2>
        {row.note && <span className="pl-2 text-muted">{row.note}</span>}
      </div>
    )
  const { message, isFirst, isLast, start, end } = row
  const isCode = message.kind === 'tool-arguments' || message.kind === 'tool-definition'
  return (
    <article
      className={`overflow-hidden px-3 ${isFirst ? 'pt-2.5' : ''} ${isLast ? 'border-b border-line pb-2.5' : ''}`}
    >
      {isFirst && (
        <header className="flex items-center gap-2 pb-1 text-sm text-muted">
          <Icon name={icons[message.role]} size={14} />
          <span className="font-medium text-ink">{message.role === 'unknown' ? 'field' : message.role}</span>
          {kinds[message.kind] && <Badge tone="neutral">{kinds[message.kind]}</Badge>}
          {message.tool && <code className="font-mono">{message.tool}</code>}
          <code className="ml-auto truncate font-mono text-xs" title="Where it stands in the body">
            {message.path}
          </code>
        </header>
      )}
      {message.image && <Picture of={message.image} />}
      <p className={`break-words whitespace-pre-wrap ${isCode ? 'font-mono text-sm' : 'max-w-[90ch]'}`}>
        <MarkedText
          text={message.text}
          start={start}
          end={end}
          found={row.clusters}
          actions={actions}
          current={current}
        />
      </p>
      {isLast && message.left ? (
        <p className="pt-1 text-sm text-muted">
          {exactNumber(message.left)} more characters are in the raw bytes.
        </p>
      ) : null}
    </article>
  )
}

/** A picture that stands in the body: it is decoded here, and nothing is loaded from outside. */
function Picture({ of: { mediaType, bytes, data } }: { of: NonNullable<Message['image']> }) {
  return (
    <figure className="flex items-end gap-2">
      {data !== null && (
        <img
          src={`data:${mediaType};base64,${data}`}
          alt={`${mediaType}, ${bytesText(bytes)}`}
          loading="lazy"
          className="h-40 max-w-full rounded border border-line bg-raised object-contain"
        />
      )}
      <figcaption className="text-sm text-muted">
        {mediaType}, {bytesText(bytes)}
        {data === null && ', too large to be shown here: it is in the raw bytes'}
      </figcaption>
    </figure>
  )
}

function estimate(row: Row): number {
  if (row.kind === 'side') return 34
  if (row.message.image) return 200
  return 60 + Math.ceil((row.end - row.start) / 90) * 20
}

function middleOf(element: Element): number {
  const { top, height } = element.getBoundingClientRect()
  return top + height / 2
}

/** A row is laid out some frames after it was scrolled to. */
function whenThere(find: () => Element | null | undefined, then: (element: Element) => void): () => void {
  let frame = 0
  const look = (left: number) => {
    frame = requestAnimationFrame(() => {
      const element = find()
      if (element) then(element)
      else if (left > 0) look(left - 1)
    })
  }
  look(30)
  return () => cancelAnimationFrame(frame)
}
