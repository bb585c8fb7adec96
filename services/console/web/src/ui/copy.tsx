import { useState } from 'react'
import { Icon } from './icon.tsx'

/** Copies a text; says so for two seconds. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2_000)
  }
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
      title={copied ? 'Copied' : `Copy ${what}`}
      className="inline-flex size-6 items-center justify-center rounded text-muted hover:bg-raised hover:text-ink"
    >
      <Icon name={copied ? 'check' : 'copy'} size={14} />
    </button>
  )
}

/** A command or snippet on a line of its own, with a button that copies it. */
export function Snippet({ text, what = 'the command' }: { text: string; what?: string }) {
  return (
    <div className="flex items-start gap-1 rounded border border-line bg-raised">
      <pre
        tabIndex={0}
        className="min-w-0 grow overflow-x-auto px-2.5 py-1.5 font-mono text-sm whitespace-pre"
      >
        {text}
      </pre>
      <div className="p-0.5">
        <Copy text={text} what={what} />
      </div>
    </div>
  )
}

/** An id or a digest: shortened where there is no room, copied whole. */
export function Id({
  value,
  short = false,
  what = 'the id',
}: {
  value: string
  short?: boolean
  what?: string
}) {
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-0.5">
      <code className="min-w-0 truncate font-mono text-sm" title={value}>
        {short ? `${value.slice(0, 13)}…` : value}
      </code>
      <Copy text={value} what={what} />
    </span>
  )
}
