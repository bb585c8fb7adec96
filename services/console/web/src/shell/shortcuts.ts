import { useEffect } from 'react'

type Handler = (event: KeyboardEvent) => void

/** Keys by what they do, as `?` lists them. */
export const shortcuts: readonly [keys: string, what: string][] = [
  ['j / k', 'Next or previous row'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close what is open'],
  ['/', 'Filter'],
  ['n / p', 'Next or previous finding'],
  ['g, then a letter', 'Go to a page: o, t, s, p, a, k, e, h'],
  ['⌘K or Ctrl-K', 'Open anything'],
  ['.', 'Pause or resume live data'],
  ['?', 'List all keys'],
]

/** Calls a handler for a key while no text is being written. A handler that is set later comes first. */
export function useKeys(handlers: Record<string, Handler>, enabled = true): void {
  useEffect(() => {
    if (!enabled) return
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isWriting(event.target))
        return
      handlers[event.key]?.(event)
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  })
}

export function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable="true"]') !== null
  )
}
