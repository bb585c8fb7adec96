import type { Conversation, ConversationMessage } from '@airs-cp/client'
import type { Context } from './context.ts'
import { formatBytes, formatCount, formatInstant } from './format.ts'
import { printable, printableLines } from './printable.ts'

type Paint = Context['paint']
type Side = Conversation['request']
type Mark = ConversationMessage['marks'][number]

/** A conversation as a person reads it. What was found stands between ⟦ and ⟧, with its type. */
export function describeConversation(
  {
    erased,
    request,
    response,
    delivered,
  }: Omit<Conversation, 'exchange' | 'erased'> & Partial<Pick<Conversation, 'erased'>>,
  paint: Paint,
): string {
  if (erased) {
    const when = erased.at === null ? 'is being erased' : `was erased ${formatInstant(erased.at)}`
    return paint('dim', `Its content ${when} by ${printable(erased.actor)}: ${printable(erased.reason)}`)
  }
  return [
    ...describeSide('REQUEST', request, paint),
    '',
    ...describeSide(delivered ? 'RESPONSE, as the provider sent it' : 'RESPONSE', response, paint),
    ...(delivered ? ['', ...describeSide('RESPONSE, as the client got it', delivered, paint)] : []),
  ].join('\n')
}

function describeSide(title: string, { state, messages, original }: Side, paint: Paint): string[] {
  const heading = paint('bold', `── ${title} `.padEnd(72, '─'))
  if (original?.recorded === 'nothing')
    return [heading, paint('dim', `  ${formatCount(original.bytes)} bytes; content is not recorded`)]
  if (state === 'absent') return [heading, paint('dim', '  not recorded')]
  const note = state === 'unreadable' ? [paint('dim', '  in a form that is not known; shown as text')] : []
  if (original) note.push(paint('dim', '  values that policies found are masked'))
  return [heading, ...note, ...messages.flatMap((message) => describeMessage(message, paint))]
}

function describeMessage(message: ConversationMessage, paint: Paint): string[] {
  const { left, image } = message
  if (image) return [paint('cyan', speakerOf(message)), `  [${image.mediaType}, ${formatBytes(image.bytes)}]`]
  const text = markFindings(message, paint)
    .split('\n')
    .map((line) => `  ${line}`)
  return [
    paint('cyan', speakerOf(message)),
    ...text,
    ...(left === undefined ? [] : [paint('dim', `  … and ${formatCount(left)} more characters`)]),
  ]
}

function speakerOf({ role, kind, tool, path }: ConversationMessage): string {
  const name = tool === undefined ? '' : ` ${printable(tool)}`
  if (kind === 'tool-arguments') return `calls tool${name}`
  if (kind === 'tool-result') return `result of tool${name}`
  if (kind === 'tool-definition') return `definition of tool${name}`
  if (kind === 'document') return 'document'
  return kind === 'unknown' || role === 'unknown' ? `field ${printable(path)}`.trimEnd() : role
}

/** Marks that overlap are marked as one. */
export function markFindings(
  { text, marks }: Pick<ConversationMessage, 'text' | 'marks'>,
  paint: Paint,
): string {
  let marked = ''
  let at = 0
  for (const group of overlapping(marks)) {
    const start = Math.min(...group.map((mark) => mark.start))
    const end = Math.max(...group.map((mark) => mark.end))
    const types = [...new Set(group.map(({ type }) => printable(type)))].join(', ')
    const found = `⟦${printableLines(text.slice(start, end))}⟧`
    marked +=
      printableLines(text.slice(at, start)) + paint(['yellow', 'underline'], found) + paint('dim', types)
    at = end
  }
  return marked + printableLines(text.slice(at))
}

function overlapping(marks: readonly Mark[]): Mark[][] {
  const groups: Mark[][] = []
  let end = -1
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    if (mark.start < end) groups.at(-1)!.push(mark)
    else groups.push([mark])
    end = Math.max(end, mark.end)
  }
  return groups
}
